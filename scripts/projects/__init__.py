"""`catalog project`: create and keep SageMaker projects from the command line, as Studio's form does."""
