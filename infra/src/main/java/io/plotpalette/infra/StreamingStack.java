package io.plotpalette.infra;

import io.plotpalette.model.lake.GenerationTable;
import io.plotpalette.model.lake.LakeTable;
import io.plotpalette.model.setting.DatasetGenerationKeys;
import io.plotpalette.model.setting.TaskInsightsKeys;
import io.plotpalette.model.table.Tables;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import software.amazon.awscdk.Stack;
import software.amazon.awscdk.services.iam.Policy;
import software.amazon.awscdk.services.iam.Role;
import software.constructs.Construct;

/** The Flink applications: task changes into the lake, and datasets from language models. */
public final class StreamingStack extends Stack {
  /**
   * What lies outside this stack.
   *
   * @param network empty where the stage has none
   */
  record Surroundings(
      Artifacts artifacts,
      StorageStack storage,
      DatabaseStack database,
      Optional<NetworkStack> network) {}

  private final Surroundings surroundings;

  StreamingStack(Construct scope, Stage stage, Surroundings surroundings) {
    super(scope, stage.physicalName("streaming"));
    this.surroundings = surroundings;
    new FlinkApplication(
        this,
        stage,
        new FlinkApplication.Job(
            "TaskInsights",
            TaskInsightsKeys.GROUP,
            "Task changes from the stream of the tasks table into the lake",
            surroundings.artifacts().taskInsightsJob(),
            taskInsights(),
            true),
        surroundings.network(),
        role -> List.of(accessToTaskData(role)));
    Construct datasets = new Construct(this, "DatasetGeneration");
    new FlinkApplication(
        datasets,
        stage,
        new FlinkApplication.Job(
            "Job",
            DatasetGenerationKeys.GROUP,
            "Datasets from language models, one for each generation job",
            surroundings.artifacts().datasetGenerationJob(),
            datasetGeneration(),
            // It waits for models nearly all the time, which CPU says nothing of.
            false),
        surroundings.network(),
        role -> List.of(accessToDatasets(datasets, role), accessToModels(datasets, role)));
  }

  private Map<String, String> taskInsights() {
    return Map.of(
        TaskInsightsKeys.TASKS_TABLE,
        surroundings.database().table(Tables.TASKS).getTableName(),
        TaskInsightsKeys.RUNS_TABLE,
        surroundings.database().table(Tables.RUNS).getTableName(),
        TaskInsightsKeys.LAKE_URI,
        bucketUri(),
        TaskInsightsKeys.REGION,
        getRegion());
  }

  private Map<String, String> datasetGeneration() {
    return Map.of(
        DatasetGenerationKeys.JOBS_TABLE,
        surroundings.database().table(Tables.JOBS).getTableName(),
        DatasetGenerationKeys.TEMPLATES_TABLE,
        surroundings.database().table(Tables.TEMPLATES).getTableName(),
        DatasetGenerationKeys.CALL_JOURNAL_TABLE,
        surroundings.database().table(Tables.CALL_JOURNAL).getTableName(),
        DatasetGenerationKeys.COST_TRACKING_TABLE,
        surroundings.database().table(Tables.COST_TRACKING).getTableName(),
        DatasetGenerationKeys.RUNS_TABLE,
        surroundings.database().table(Tables.RUNS).getTableName(),
        DatasetGenerationKeys.BUCKET_URI,
        bucketUri(),
        DatasetGenerationKeys.REGION,
        getRegion());
  }

  private String bucketUri() {
    return "s3://" + surroundings.storage().bucket().getBucketName();
  }

  /** Reads one stream, writes below the folders of the lake's tables, and what it refused. */
  private Policy accessToTaskData(Role role) {
    Policy policy = Policy.Builder.create(this, "Data").roles(List.of(role)).build();
    List<String> folders =
        Stream.concat(
                Arrays.stream(LakeTable.values()).map(LakeTable::path),
                Stream.of(LakeTable.TASK_CHANGES_QUARANTINE_PATH))
            .map(path -> path + "/*")
            .toList();
    surroundings
        .database()
        .access(Tables.TASKS, "dynamodb:DescribeTable")
        .forEach(policy::addStatements);
    surroundings
        .database()
        .access(Tables.RUNS, "dynamodb:BatchWriteItem")
        .forEach(policy::addStatements);
    surroundings
        .database()
        .streamAccess(
            Tables.TASKS,
            "dynamodb:DescribeStream",
            "dynamodb:GetRecords",
            "dynamodb:GetShardIterator")
        .forEach(policy::addStatements);
    addBucketRights(policy, folders);
    Suppressions.accept(
        policy,
        "AwsSolutions-IAM5",
        "A file's name holds its day and a number the job makes, so rights are by folder: one a"
            + " table of the lake.");
    return policy;
  }

  /**
   * Reads one stream and what its jobs name, writes their journals, progress, records and datasets.
   */
  private Policy accessToDatasets(Construct scope, Role role) {
    Policy policy = Policy.Builder.create(scope, "Data").roles(List.of(role)).build();
    DatabaseStack database = surroundings.database();
    Stream.of(
            database.access(
                Tables.JOBS, "dynamodb:DescribeTable", "dynamodb:PutItem", "dynamodb:Query"),
            database.indexAccess(Tables.JOBS, "dynamodb:Query"),
            database.streamAccess(
                Tables.JOBS,
                "dynamodb:DescribeStream",
                "dynamodb:GetRecords",
                "dynamodb:GetShardIterator"),
            database.access(Tables.TEMPLATES, "dynamodb:GetItem"),
            database.access(Tables.CALL_JOURNAL, "dynamodb:PutItem", "dynamodb:Query"),
            database.access(Tables.COST_TRACKING, "dynamodb:BatchWriteItem"),
            database.access(Tables.RUNS, "dynamodb:BatchWriteItem"))
        .flatMap(List::stream)
        .forEach(policy::addStatements);
    policy.addStatements(
        FlinkApplication.allow(
            List.of("s3:GetObject"),
            List.of(surroundings.storage().bucket().arnForObjects("seed-data/*"))));
    addBucketRights(
        policy,
        Stream.concat(
                Stream.of("jobs"),
                Arrays.stream(GenerationTable.values()).map(GenerationTable::path))
            .map(path -> path + "/*")
            .toList());
    Suppressions.accept(
        policy,
        "AwsSolutions-IAM5",
        "Which jobs and uploads there will be is not known at deployment, so rights are by folder.");
    return policy;
  }

  /** The models of the catalogue and no others, directly or through their inference profiles. */
  private Policy accessToModels(Construct scope, Role role) {
    Policy policy = Policy.Builder.create(scope, "Models").roles(List.of(role)).build();
    policy.addStatements(
        FlinkApplication.allow(List.of("bedrock:InvokeModel"), ModelArns.ofCatalogue(this)));
    return policy;
  }

  private void addBucketRights(Policy policy, List<String> folders) {
    var bucket = surroundings.storage().bucket();
    policy.addStatements(
        FlinkApplication.allow(
            List.of(
                "s3:AbortMultipartUpload",
                "s3:DeleteObject",
                "s3:GetObject",
                "s3:ListMultipartUploadParts",
                "s3:PutObject"),
            folders.stream().map(bucket::arnForObjects).toList()),
        // Without the right to list, a look for a file that is not there is an error.
        FlinkApplication.allow(
            List.of("s3:ListBucket", "s3:ListBucketMultipartUploads"),
            List.of(bucket.getBucketArn())));
    surroundings.storage().keyAccess().ifPresent(policy::addStatements);
  }
}
