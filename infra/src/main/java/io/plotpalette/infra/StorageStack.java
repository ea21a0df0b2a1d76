package io.plotpalette.infra;

import io.plotpalette.model.lake.LakeTable;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import software.amazon.awscdk.Duration;
import software.amazon.awscdk.Stack;
import software.amazon.awscdk.services.iam.PolicyStatement;
import software.amazon.awscdk.services.iam.ServicePrincipal;
import software.amazon.awscdk.services.kms.Key;
import software.amazon.awscdk.services.s3.BlockPublicAccess;
import software.amazon.awscdk.services.s3.Bucket;
import software.amazon.awscdk.services.s3.BucketEncryption;
import software.amazon.awscdk.services.s3.CfnBucket;
import software.amazon.awscdk.services.s3.CorsRule;
import software.amazon.awscdk.services.s3.HttpMethods;
import software.amazon.awscdk.services.s3.LifecycleRule;
import software.amazon.awscdk.services.s3.ObjectOwnership;
import software.amazon.awscdk.services.s3.StorageClass;
import software.amazon.awscdk.services.s3.Transition;
import software.amazon.awscdk.services.sns.Topic;
import software.constructs.Construct;

/** The bucket of the lake and of users' files, and the key of all data where the stage has one. */
public final class StorageStack extends Stack {
  private static final double MINIMUM_TLS = 1.2;

  /** Where users' exports and imports are for the short time somebody is at them. */
  private static final String TRANSFERS = "transfers/";

  /** Where Athena leaves answers. */
  static final String ATHENA_RESULTS = "athena-results/";

  /** Uploads of users, a folder each. */
  private static final String SEED_DATA = "seed-data/";

  /** What jobs write, a folder each. */
  private static final String JOBS = "jobs/";

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
    Bucket.Builder builder =
        Bucket.Builder.create(this, "Lake")
            .blockPublicAccess(BlockPublicAccess.BLOCK_ALL)
            .bucketKeyEnabled(dataKey != null)
            .encryption(dataKey == null ? BucketEncryption.S3_MANAGED : BucketEncryption.KMS)
            .encryptionKey(dataKey)
            .enforceSsl(true)
            .minimumTlsVersion(MINIMUM_TLS)
            .objectOwnership(ObjectOwnership.BUCKET_OWNER_ENFORCED)
            .versioned(true)
            .lifecycleRules(lifecycle(stage))
            .removalPolicy(stage.removalOfData());
    if (!stage.corsOrigins().isEmpty()) {
      builder.cors(List.of(addressesForPagesOf(stage.corsOrigins())));
    }
    bucket = builder.build();
    if (stage.flexibleArchive()) {
      announceRestores(stage);
    }
    Suppressions.accept(
        bucket,
        "AwsSolutions-S1",
        "Only roles of this app reach the bucket. Server access logs need a second bucket and"
            + " arrive late; an audit switches on CloudTrail data events for the account.");
  }

  /**
   * Tells the topic of every file that is back from the archive. Written into the bucket itself:
   * the library's way is a function with rights on every bucket.
   */
  private void announceRestores(Stage stage) {
    Topic topic =
        Topic.Builder.create(this, "DatasetRestores")
            .topicName(stage.physicalName("dataset-restores"))
            .displayName("Datasets back from the archive")
            .enforceSsl(true)
            .build();
    topic.addToResourcePolicy(
        PolicyStatement.Builder.create()
            .principals(List.of(new ServicePrincipal("s3.amazonaws.com")))
            .actions(List.of("sns:Publish"))
            .resources(List.of(topic.getTopicArn()))
            .conditions(Map.of("StringEquals", Map.of("aws:SourceAccount", getAccount())))
            .build());
    CfnBucket resource = (CfnBucket) Objects.requireNonNull(bucket.getNode().getDefaultChild());
    resource.setNotificationConfiguration(
        CfnBucket.NotificationConfigurationProperty.builder()
            .topicConfigurations(
                List.of(
                    CfnBucket.TopicConfigurationProperty.builder()
                        .event("s3:ObjectRestore:Completed")
                        .topic(topic.getTopicArn())
                        .build()))
            .build());
    // S3 tries the topic when the bucket is told of it, which the policy has to allow by then.
    resource.getNode().addDependency(topic);
  }

  /** Signed addresses are used by the pages that asked the API for them. */
  private static CorsRule addressesForPagesOf(List<String> origins) {
    return CorsRule.builder()
        .allowedOrigins(origins)
        .allowedMethods(List.of(HttpMethods.GET, HttpMethods.PUT))
        .allowedHeaders(List.of("content-type"))
        .maxAge(600)
        .build();
  }

  private static List<LifecycleRule> lifecycle(Stage stage) {
    return List.of(
        LifecycleRule.builder()
            .id("datasets-to-archive")
            .prefix("jobs/")
            .transitions(
                List.of(
                    Transition.builder()
                        .storageClass(
                            stage.flexibleArchive()
                                ? StorageClass.GLACIER
                                : StorageClass.GLACIER_INSTANT_RETRIEVAL)
                        .transitionAfter(Duration.days(3))
                        .build()))
            .noncurrentVersionExpiration(Duration.days(1))
            .build(),
        LifecycleRule.builder()
            .id("transfers")
            .prefix(TRANSFERS)
            .expiration(Duration.days(1))
            .noncurrentVersionExpiration(Duration.days(1))
            .abortIncompleteMultipartUploadAfter(Duration.days(1))
            .build(),
        LifecycleRule.builder()
            .id("athena-results")
            .prefix(ATHENA_RESULTS)
            .expiration(Duration.days(7))
            .noncurrentVersionExpiration(Duration.days(1))
            .build(),
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

  /**
   * What a role needs to write and read users' files, and to sign addresses at which others do, the
   * key included.
   */
  List<PolicyStatement> transferAccess() {
    return fileAccess(objects(TRANSFERS, "s3:GetObject", "s3:PutObject"));
  }

  /** The same for seed data, which is also deleted and written in parts that may be given up. */
  List<PolicyStatement> seedDataAccess() {
    return fileAccess(
        objects(
            SEED_DATA,
            "s3:AbortMultipartUpload",
            "s3:DeleteObject",
            "s3:GetObject",
            "s3:PutObject"));
  }

  /** To read seed data, and to give, restore and delete what jobs have made. */
  List<PolicyStatement> jobFilesAccess() {
    return fileAccess(
        objects(SEED_DATA, "s3:GetObject"),
        objects(JOBS, "s3:DeleteObject", "s3:GetObject", "s3:RestoreObject"));
  }

  /** To see where what jobs have made is kept. */
  List<PolicyStatement> jobFilesSight() {
    return fileAccess(objects(JOBS, "s3:GetObject"));
  }

  /** To delete what a user has uploaded and what their jobs have made. */
  List<PolicyStatement> erasureAccess() {
    return fileAccess(objects(SEED_DATA, "s3:DeleteObject"), objects(JOBS, "s3:DeleteObject"));
  }

  private PolicyStatement objects(String folder, String... actions) {
    return PolicyStatement.Builder.create()
        .actions(List.of(actions))
        .resources(List.of(bucket.arnForObjects(folder + "*")))
        .build();
  }

  private List<PolicyStatement> fileAccess(PolicyStatement... objects) {
    List<PolicyStatement> statements = new ArrayList<>(List.of(objects));
    // Without the right to list, a look for a file that is not there is an error.
    statements.add(
        PolicyStatement.Builder.create()
            .actions(List.of("s3:ListBucket"))
            .resources(List.of(bucket.getBucketArn()))
            .build());
    keyAccess().ifPresent(statements::add);
    return statements;
  }

  /** What a role needs besides its rights to files to read and write them; empty without a key. */
  Optional<PolicyStatement> keyAccess() {
    return dataKey()
        .map(
            key ->
                PolicyStatement.Builder.create()
                    .actions(List.of("kms:Decrypt", "kms:GenerateDataKey"))
                    .resources(List.of(key.getKeyArn()))
                    .conditions(
                        Map.of(
                            "StringEquals",
                            Map.of("kms:ViaService", "s3." + getRegion() + "." + getUrlSuffix())))
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
