package io.plotpalette.infra;

import io.plotpalette.model.lake.LakeTable;
import java.util.List;
import java.util.Optional;
import software.amazon.awscdk.Duration;
import software.amazon.awscdk.Stack;
import software.amazon.awscdk.services.kms.Key;
import software.amazon.awscdk.services.s3.BlockPublicAccess;
import software.amazon.awscdk.services.s3.Bucket;
import software.amazon.awscdk.services.s3.BucketEncryption;
import software.amazon.awscdk.services.s3.LifecycleRule;
import software.amazon.awscdk.services.s3.ObjectOwnership;
import software.amazon.awscdk.services.s3.StorageClass;
import software.amazon.awscdk.services.s3.Transition;
import software.constructs.Construct;

/** The bucket of the lake, and the key of all data where the stage has one. */
public final class StorageStack extends Stack {
  private static final double MINIMUM_TLS = 1.2;

  private final Key dataKey;
  private final Bucket bucket;

  StorageStack(Construct scope, Stage stage) {
    super(scope, stage.physicalName("storage"));
    dataKey =
        stage.customerManagedKey()
            ? Key.Builder.create(this, "DataKey")
                .alias("alias/" + stage.physicalName("data"))
                .description("Lake and tables of " + stage.name())
                .enableKeyRotation(true)
                .removalPolicy(stage.removalOfData())
                .build()
            : null;
    bucket =
        Bucket.Builder.create(this, "Lake")
            .blockPublicAccess(BlockPublicAccess.BLOCK_ALL)
            .bucketKeyEnabled(dataKey != null)
            .encryption(dataKey == null ? BucketEncryption.S3_MANAGED : BucketEncryption.KMS)
            .encryptionKey(dataKey)
            .enforceSsl(true)
            .minimumTlsVersion(MINIMUM_TLS)
            .objectOwnership(ObjectOwnership.BUCKET_OWNER_ENFORCED)
            .versioned(true)
            .lifecycleRules(lifecycle())
            .removalPolicy(stage.removalOfData())
            .build();
    Suppressions.accept(
        bucket,
        "AwsSolutions-S1",
        "Only roles of this app reach the bucket. Server access logs need a second bucket and"
            + " arrive late; an audit switches on CloudTrail data events for the account.");
  }

  private static List<LifecycleRule> lifecycle() {
    return List.of(
        LifecycleRule.builder()
            .id("bronze-to-glacier")
            .prefix(LakeTable.TASK_CHANGES.path() + "/")
            .transitions(
                List.of(
                    Transition.builder()
                        .storageClass(StorageClass.GLACIER_INSTANT_RETRIEVAL)
                        .transitionAfter(Duration.days(90))
                        .build()))
            .build(),
        LifecycleRule.builder()
            .id("old-versions")
            .noncurrentVersionExpiration(Duration.days(30))
            .expiredObjectDeleteMarker(true)
            .build(),
        // The job's unfinished files are uploads it takes up again after a restart, which makes
        // sense while the stream still has what comes after them: 24 hours.
        LifecycleRule.builder()
            .id("abandoned-uploads")
            .abortIncompleteMultipartUploadAfter(Duration.days(7))
            .build());
  }

  Bucket bucket() {
    return bucket;
  }

  /** The account's own key for data; empty where AWS holds the keys. */
  Optional<Key> dataKey() {
    return Optional.ofNullable(dataKey);
  }
}
