"""Amazon SageMaker Feature Store: feature groups, their records, and the tables of their offline stores."""
