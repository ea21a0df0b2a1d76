package io.plotpalette.infra;

import io.plotpalette.model.lake.LakeTable;
import io.plotpalette.model.sql.SqlFiles;
import io.plotpalette.model.sql.ViewOrder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import software.amazon.awscdk.ArnComponents;
import software.amazon.awscdk.CfnOutput;
import software.amazon.awscdk.CustomResource;
import software.amazon.awscdk.Duration;
import software.amazon.awscdk.Stack;
import software.amazon.awscdk.services.athena.CfnNamedQuery;
import software.amazon.awscdk.services.athena.CfnWorkGroup;
import software.amazon.awscdk.services.glue.CfnDatabase;
import software.amazon.awscdk.services.glue.CfnTable;
import software.amazon.awscdk.services.iam.Policy;
import software.amazon.awscdk.services.iam.PolicyStatement;
import software.amazon.awscdk.services.iam.Role;
import software.amazon.awscdk.services.iam.ServicePrincipal;
import software.amazon.awscdk.services.s3.IBucket;
import software.amazon.awscdk.services.scheduler.CfnSchedule;
import software.amazon.awscdk.services.scheduler.CfnScheduleGroup;
import software.constructs.Construct;

/**
 * What analysts ask the lake with: its tables in Glue's catalogue, the views and queries of {@code
 * sql/}, a workgroup with a limit, and gold every night.
 */
public final class AnalyticsStack extends Stack {
  private static final String VIEWS_HANDLER = "io.plotpalette.analytics.ViewsHandler";
  private static final String GOLD_HANDLER = "io.plotpalette.analytics.GoldHandler";

  private static final Duration VIEWS_TIMEOUT = Duration.minutes(5);
  private static final Duration GOLD_TIMEOUT = Duration.minutes(15);

  /** The last windows of a day are corrected for some hours more. */
  private static final String NIGHTLY = "cron(0 3 * * ? *)";

  private static final long GIGABYTE = 1_000_000_000L;

  /** Gold reads whole days on purpose. */
  private static final int GOLD_IN_SCAN_LIMITS = 10;

  private final Stage stage;
  private final StorageStack storage;
  private final CfnDatabase database;

  AnalyticsStack(Construct scope, Stage stage, Artifacts artifacts, StorageStack storage) {
    super(scope, stage.physicalName("analytics"));
    this.stage = stage;
    this.storage = storage;
    database =
        CfnDatabase.Builder.create(this, "Database")
            .catalogId(getAccount())
            .databaseInput(
                CfnDatabase.DatabaseInputProperty.builder()
                    .name(stage.physicalName("lake").replace('-', '_'))
                    .description("The lake of stage " + stage.name())
                    .build())
            .build();
    List<CfnTable> tables = tables();
    CfnWorkGroup analysts = workgroup("Analysts", "analysts", 1);
    CfnWorkGroup gold = workgroup("Gold", "gold", GOLD_IN_SCAN_LIMITS);
    saveQueries(analysts);

    CustomResource views = views(function("Views", artifacts, analysts, viewsOptions(analysts)));
    tables.forEach(table -> views.getNode().addDependency(table));
    HandlerFunction goldMaker = function("MakeGold", artifacts, gold, goldOptions(gold));
    scheduleNightly(goldMaker);

    CfnOutput.Builder.create(this, "DatabaseName").value(database.getRef()).build();
    CfnOutput.Builder.create(this, "Workgroup").value(analysts.getRef()).build();
  }

  private List<CfnTable> tables() {
    List<CfnTable> tables = new ArrayList<>();
    for (String statement : SqlFiles.ATHENA_TABLES.statements().values()) {
      AthenaTable definition = new AthenaTable(statement, bucket().getBucketName());
      tables.add(
          CfnTable.Builder.create(this, "Table-" + definition.name())
              .catalogId(getAccount())
              .databaseName(database.getRef())
              .tableInput(definition.input())
              .build());
    }
    return tables;
  }

  /** Its settings hold whatever a client asks for. */
  private CfnWorkGroup workgroup(String id, String name, int scanLimits) {
    CfnWorkGroup.EncryptionConfigurationProperty encryption =
        storage
            .dataKey()
            .map(
                key ->
                    CfnWorkGroup.EncryptionConfigurationProperty.builder()
                        .encryptionOption("SSE_KMS")
                        .kmsKey(key.getKeyArn())
                        .build())
            .orElseGet(
                () ->
                    CfnWorkGroup.EncryptionConfigurationProperty.builder()
                        .encryptionOption("SSE_S3")
                        .build());
    return CfnWorkGroup.Builder.create(this, id)
        .name(stage.physicalName(name))
        .description("The lake of stage " + stage.name() + ", for " + name)
        .recursiveDeleteOption(true)
        .workGroupConfiguration(
            CfnWorkGroup.WorkGroupConfigurationProperty.builder()
                .enforceWorkGroupConfiguration(true)
                .bytesScannedCutoffPerQuery(GIGABYTE * stage.scanLimitGigabytes() * scanLimits)
                .publishCloudWatchMetricsEnabled(true)
                .engineVersion(
                    CfnWorkGroup.EngineVersionProperty.builder()
                        .selectedEngineVersion("Athena engine version 3")
                        .build())
                .resultConfiguration(
                    CfnWorkGroup.ResultConfigurationProperty.builder()
                        .outputLocation("s3://" + bucket().getBucketName() + "/" + results(name))
                        .encryptionConfiguration(encryption)
                        .build())
                .build())
        .build();
  }

  private static String results(String workgroup) {
    return StorageStack.ATHENA_RESULTS + workgroup + "/";
  }

  /** What a team lead asks first, and what an operator asks when something looks wrong. */
  private void saveQueries(CfnWorkGroup workgroup) {
    for (SqlFiles kind : List.of(SqlFiles.QUERIES, SqlFiles.CHECKS)) {
      kind.statements()
          .forEach(
              (name, statement) ->
                  CfnNamedQuery.Builder.create(this, "Query-" + name)
                      .name(name)
                      .description(SqlFiles.summary(statement))
                      .database(database.getRef())
                      .workGroup(workgroup.getRef())
                      .queryString(statement)
                      .build());
    }
  }

  private HandlerFunction function(
      String id, Artifacts artifacts, CfnWorkGroup workgroup, HandlerFunction.Options options) {
    return new HandlerFunction(
        this,
        id,
        new HandlerFunction.Template(
            stage,
            artifacts.analyticsHandlers(),
            Map.of(
                "ATHENA_WORKGROUP", workgroup.getRef(),
                "GLUE_DATABASE", database.getRef(),
                "DATA_BUCKET", bucket().getBucketName())),
        options);
  }

  /** Made anew whenever a view, or a table below it, is another than before. */
  private CustomResource views(HandlerFunction function) {
    function.acceptWildcards(
        "A view that is gone is dropped by a name the deployment no longer knows, and a result has"
            + " a name Athena makes: rights are by database and by folder.");
    List<String> inOrder = ViewOrder.of(SqlFiles.VIEWS.statements());
    return CustomResource.Builder.create(this, "LakeViews")
        .resourceType("Custom::LakeViews")
        .serviceToken(function.live().getFunctionArn())
        .serviceTimeout(VIEWS_TIMEOUT.plus(Duration.minutes(1)))
        .properties(Map.of("Views", inOrder, "Digest", digest()))
        .build();
  }

  private static String digest() {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      Stream.of(SqlFiles.ATHENA_TABLES, SqlFiles.VIEWS)
          .flatMap(kind -> kind.statements().values().stream())
          .forEach(statement -> digest.update(statement.getBytes(StandardCharsets.UTF_8)));
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JVM has SHA-256", e);
    }
  }

  private HandlerFunction.Options viewsOptions(CfnWorkGroup workgroup) {
    List<PolicyStatement> access = new ArrayList<>();
    access.add(
        allow(
            List.of(
                "athena:BatchGetQueryExecution",
                "athena:StartQueryExecution",
                "athena:StopQueryExecution"),
            List.of(arnOf(workgroup))));
    access.add(
        allow(
            List.of(
                "glue:CreateTable",
                "glue:DeleteTable",
                "glue:GetDatabase",
                "glue:GetTable",
                "glue:UpdateTable"),
            catalogue("*")));
    access.addAll(files(results("analysts")));
    return new HandlerFunction.Options("lake-views", VIEWS_HANDLER, VIEWS_TIMEOUT, access);
  }

  private HandlerFunction.Options goldOptions(CfnWorkGroup workgroup) {
    List<PolicyStatement> access = new ArrayList<>();
    access.add(
        allow(
            List.of(
                "athena:BatchGetQueryExecution",
                "athena:ListQueryExecutions",
                "athena:StartQueryExecution",
                "athena:StopQueryExecution"),
            List.of(arnOf(workgroup))));
    access.add(
        allow(
            List.of("glue:GetDatabase", "glue:GetTable"),
            catalogue(
                Arrays.stream(LakeTable.values()).map(LakeTable::sqlName).toArray(String[]::new))));
    access.add(
        allow(
            List.of("s3:GetObject"),
            Arrays.stream(LakeTable.values())
                .map(table -> bucket().arnForObjects(table.path() + "/*"))
                .toList()));
    access.add(
        allow(
            List.of("s3:DeleteObject"),
            Arrays.stream(LakeTable.values())
                .map(table -> bucket().arnForObjects(table.goldPath() + "/*"))
                .toList()));
    access.addAll(
        files(
            Stream.concat(
                    Arrays.stream(LakeTable.values()).map(table -> table.goldPath() + "/"),
                    Stream.of(results("gold")))
                .toArray(String[]::new)));
    return new HandlerFunction.Options("lake-gold", GOLD_HANDLER, GOLD_TIMEOUT, access);
  }

  /** What Athena needs of its caller to write below folders, the bucket's key included. */
  private List<PolicyStatement> files(String... folders) {
    List<PolicyStatement> statements = new ArrayList<>();
    statements.add(
        allow(
            List.of("s3:GetBucketLocation", "s3:ListBucket", "s3:ListBucketMultipartUploads"),
            List.of(bucket().getBucketArn())));
    statements.add(
        allow(
            List.of(
                "s3:AbortMultipartUpload",
                "s3:GetObject",
                "s3:ListMultipartUploadParts",
                "s3:PutObject"),
            Arrays.stream(folders).map(folder -> bucket().arnForObjects(folder + "*")).toList()));
    storage.keyAccess().ifPresent(statements::add);
    return statements;
  }

  private void scheduleNightly(HandlerFunction gold) {
    gold.acceptWildcards(
        "A file's name is made by Athena or the job, so rights are by folder: a table of the lake,"
            + " its gold copy, and the results of gold's own workgroup.");
    Role role =
        Role.Builder.create(this, "SchedulerRole")
            .assumedBy(
                new ServicePrincipal("scheduler.amazonaws.com")
                    .withConditions(
                        Map.of("StringEquals", Map.of("aws:SourceAccount", getAccount()))))
            .description("Starts gold of stage " + stage.name())
            .build();
    Policy policy = Policy.Builder.create(this, "SchedulerAccess").roles(List.of(role)).build();
    policy.addStatements(
        allow(List.of("lambda:InvokeFunction"), List.of(gold.live().getFunctionArn())));
    CfnScheduleGroup group =
        CfnScheduleGroup.Builder.create(this, "Schedules").name(stage.physicalName("lake")).build();
    CfnSchedule schedule =
        CfnSchedule.Builder.create(this, "Nightly")
            .name(stage.physicalName("gold"))
            .groupName(group.getRef())
            .description("Gold of the two days before")
            .scheduleExpression(NIGHTLY)
            .scheduleExpressionTimezone("UTC")
            .flexibleTimeWindow(
                CfnSchedule.FlexibleTimeWindowProperty.builder().mode("OFF").build())
            .target(
                CfnSchedule.TargetProperty.builder()
                    .arn(gold.live().getFunctionArn())
                    .roleArn(role.getRoleArn())
                    // The time it was meant for, however late it comes.
                    .input("{\"time\":\"<aws.scheduler.scheduled-time>\"}")
                    .retryPolicy(
                        CfnSchedule.RetryPolicyProperty.builder()
                            .maximumEventAgeInSeconds(3_600)
                            .maximumRetryAttempts(3)
                            .build())
                    .build())
            .build();
    schedule.getNode().addDependency(policy);
  }

  private IBucket bucket() {
    return storage.bucket();
  }

  private String arnOf(CfnWorkGroup workgroup) {
    return arn("athena", "workgroup", workgroup.getRef());
  }

  /** Glue asks for the catalogue and the database above each table as well. */
  private List<String> catalogue(String... tables) {
    List<String> arns = new ArrayList<>();
    arns.add(formatArn(ArnComponents.builder().service("glue").resource("catalog").build()));
    arns.add(arn("glue", "database", database.getRef()));
    for (String table : tables) {
      arns.add(arn("glue", "table", database.getRef() + "/" + table));
    }
    return arns;
  }

  private String arn(String service, String resource, String name) {
    return formatArn(
        ArnComponents.builder().service(service).resource(resource).resourceName(name).build());
  }

  private static PolicyStatement allow(List<String> actions, List<String> resources) {
    return PolicyStatement.Builder.create().actions(actions).resources(resources).build();
  }
}
