"""TensorFlow, as SageMaker provides it: https://docs.aws.amazon.com/sagemaker/latest/dg/tf.html."""

from pipelines.algorithms.algorithm import AwsImage

TENSORFLOW = AwsImage(image_repository="tensorflow-training", layers=("build/tensorflow",))
