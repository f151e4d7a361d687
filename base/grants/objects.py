"""To read and write objects in S3, and to use the key that encrypts them."""

FIND_OBJECTS = ("s3:GetBucketLocation", "s3:ListBucket")
"""To find what a bucket holds, as SageMaker does before it reads a prefix."""

READ_OBJECT_VERSIONS = ("s3:GetObject", "s3:GetObjectVersion")
"""To read objects by their version, as CodePipeline and CloudFormation do."""

KEEP_OBJECTS = ("s3:GetObject", "s3:PutObject")
"""To write objects in one request each, and to read them again."""

WRITE_OBJECTS = ("s3:AbortMultipartUpload", "s3:GetObject", "s3:PutObject")
"""To write objects of any size, and to read them again."""

TAG_OBJECTS = ("s3:GetObject", "s3:GetObjectTagging", "s3:PutObjectTagging")
"""To set tags of objects, and to leave the other tags as they are."""

USE_KEY = ("kms:Decrypt", "kms:GenerateDataKey")
"""To read and write what a key encrypts: S3 asks for both, to write in parts, too.

https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html
"""

READ_BUCKET = ("s3:GetObject", "s3:ListBucket")
"""To read a bucket, and to be told of an object that is missing (404) and not that it is denied (403).

https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html
"""
