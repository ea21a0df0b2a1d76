package io.plotpalette.infra;

import io.plotpalette.model.lake.LakeTable;
import io.plotpalette.model.setting.TaskInsightsKeys;
import io.plotpalette.model.table.Tables;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import software.amazon.awscdk.ArnComponents;
import software.amazon.awscdk.ArnFormat;
import software.amazon.awscdk.CfnOutput;
import software.amazon.awscdk.RemovalPolicy;
import software.amazon.awscdk.Stack;
import software.amazon.awscdk.services.ec2.ISubnet;
import software.amazon.awscdk.services.iam.Policy;
import software.amazon.awscdk.services.iam.PolicyStatement;
import software.amazon.awscdk.services.iam.Role;
import software.amazon.awscdk.services.iam.ServicePrincipal;
import software.amazon.awscdk.services.kinesisanalyticsv2.CfnApplication;
import software.amazon.awscdk.services.kinesisanalyticsv2.CfnApplicationCloudWatchLoggingOption;
import software.amazon.awscdk.services.logs.LogGroup;
import software.amazon.awscdk.services.logs.LogStream;
import software.amazon.awscdk.services.s3.assets.Asset;
import software.constructs.Construct;

/** The Flink application that turns task changes into the lake. */
public final class StreamingStack extends Stack {
  private static final String CUSTOM = "CUSTOM";

  /** A change becomes visible with the checkpoint it belongs to; the aim is 60 s. */
  private static final int CHECKPOINT_INTERVAL_MS = 30_000;

  private static final int MIN_PAUSE_BETWEEN_CHECKPOINTS_MS = 5_000;

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
    String name = stage.physicalName(TaskInsightsKeys.GROUP);
    LogGroup logs =
        LogGroup.Builder.create(this, "Logs")
            .logGroupName("/aws/managed-flink/" + name)
            .retention(stage.logRetention())
            .removalPolicy(RemovalPolicy.DESTROY)
            .build();
    LogStream logStream =
        LogStream.Builder.create(this, "LogStream")
            .logGroup(logs)
            .logStreamName("application")
            .removalPolicy(RemovalPolicy.DESTROY)
            .build();
    Asset jar =
        Asset.Builder.create(this, "Jar")
            .path(surroundings.artifacts().taskInsightsJob().toString())
            .build();

    Role role =
        Role.Builder.create(this, "Role")
            .assumedBy(new ServicePrincipal("kinesisanalytics.amazonaws.com"))
            .description("Runs " + name)
            .build();
    List<Policy> policies = new ArrayList<>();
    policies.add(accessToData(role));
    policies.add(accessToOwnParts(role, jar, logs, logStream));
    surroundings.network().ifPresent(network -> policies.add(accessToNetwork(role, network)));

    CfnApplication application =
        CfnApplication.Builder.create(this, "TaskInsights")
            .applicationName(name)
            .applicationDescription("Task changes from the stream of the tasks table into the lake")
            .applicationMode("STREAMING")
            .runtimeEnvironment("FLINK-2_2")
            .serviceExecutionRole(role.getRoleArn())
            .applicationConfiguration(configuration(jar))
            .build();
    policies.forEach(policy -> application.getNode().addDependency(policy));
    application.getNode().addDependency(logStream);
    CfnApplicationCloudWatchLoggingOption.Builder.create(this, "Logging")
        .applicationName(application.getRef())
        .cloudWatchLoggingOption(
            CfnApplicationCloudWatchLoggingOption.CloudWatchLoggingOptionProperty.builder()
                .logStreamArn(arnOf(logs, logStream))
                .build())
        .build();
    CfnOutput.Builder.create(this, "Application").value(application.getRef()).build();
  }

  private CfnApplication.ApplicationConfigurationProperty configuration(Asset jar) {
    CfnApplication.ApplicationConfigurationProperty.Builder configuration =
        CfnApplication.ApplicationConfigurationProperty.builder()
            .applicationCodeConfiguration(
                CfnApplication.ApplicationCodeConfigurationProperty.builder()
                    .codeContentType("ZIPFILE")
                    .codeContent(
                        CfnApplication.CodeContentProperty.builder()
                            .s3ContentLocation(
                                CfnApplication.S3ContentLocationProperty.builder()
                                    .bucketArn(jar.getBucket().getBucketArn())
                                    .fileKey(jar.getS3ObjectKey())
                                    .build())
                            .build())
                    .build())
            .environmentProperties(
                CfnApplication.EnvironmentPropertiesProperty.builder()
                    .propertyGroups(
                        List.of(
                            CfnApplication.PropertyGroupProperty.builder()
                                .propertyGroupId(TaskInsightsKeys.GROUP)
                                .propertyMap(settings())
                                .build()))
                    .build())
            .flinkApplicationConfiguration(flink())
            .applicationSnapshotConfiguration(
                CfnApplication.ApplicationSnapshotConfigurationProperty.builder()
                    .snapshotsEnabled(true)
                    .build())
            .applicationSystemRollbackConfiguration(
                CfnApplication.ApplicationSystemRollbackConfigurationProperty.builder()
                    .rollbackEnabled(true)
                    .build());
    surroundings
        .network()
        .ifPresent(network -> configuration.vpcConfigurations(List.of(subnets(network))));
    return configuration.build();
  }

  /** Only what differs by deployment: the defaults of the job are meant for the cloud. */
  private Map<String, String> settings() {
    return Map.of(
        TaskInsightsKeys.TASKS_TABLE,
        surroundings.database().table(Tables.TASKS).getTableName(),
        TaskInsightsKeys.RUNS_TABLE,
        surroundings.database().table(Tables.RUNS).getTableName(),
        TaskInsightsKeys.LAKE_URI,
        "s3://" + surroundings.storage().bucket().getBucketName(),
        TaskInsightsKeys.REGION,
        getRegion());
  }

  private static CfnApplication.FlinkApplicationConfigurationProperty flink() {
    return CfnApplication.FlinkApplicationConfigurationProperty.builder()
        .checkpointConfiguration(
            CfnApplication.CheckpointConfigurationProperty.builder()
                .configurationType(CUSTOM)
                .checkpointingEnabled(true)
                .checkpointInterval(CHECKPOINT_INTERVAL_MS)
                .minPauseBetweenCheckpoints(MIN_PAUSE_BETWEEN_CHECKPOINTS_MS)
                .build())
        .monitoringConfiguration(
            CfnApplication.MonitoringConfigurationProperty.builder()
                .configurationType(CUSTOM)
                .logLevel("INFO")
                .metricsLevel("OPERATOR")
                .build())
        .parallelismConfiguration(
            CfnApplication.ParallelismConfigurationProperty.builder()
                .configurationType(CUSTOM)
                .parallelism(1)
                .parallelismPerKpu(1)
                // It scales by CPU, which is what this job is bound by.
                .autoScalingEnabled(true)
                .build())
        .build();
  }

  private static CfnApplication.VpcConfigurationProperty subnets(NetworkStack network) {
    return CfnApplication.VpcConfigurationProperty.builder()
        .subnetIds(subnetsOf(network).map(ISubnet::getSubnetId).toList())
        .securityGroupIds(List.of(network.application().getSecurityGroupId()))
        .build();
  }

  private static Stream<ISubnet> subnetsOf(NetworkStack network) {
    return network.vpc().getIsolatedSubnets().stream();
  }

  /** Reads one stream, writes below the folders of the lake's tables, and what it refused. */
  private Policy accessToData(Role role) {
    Policy policy = Policy.Builder.create(this, "Data").roles(List.of(role)).build();
    var bucket = surroundings.storage().bucket();
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
    policy.addStatements(
        allow(
            List.of(
                "s3:AbortMultipartUpload",
                "s3:DeleteObject",
                "s3:GetObject",
                "s3:ListMultipartUploadParts",
                "s3:PutObject"),
            folders.stream().map(bucket::arnForObjects).toList()),
        // Without the right to list, a look for a file that is not there is an error.
        allow(
            List.of("s3:ListBucket", "s3:ListBucketMultipartUploads"),
            List.of(bucket.getBucketArn())));
    surroundings.storage().keyAccess().ifPresent(policy::addStatements);
    Suppressions.accept(
        policy,
        "AwsSolutions-IAM5",
        "A file's name holds its day and a number the job makes, so rights are by folder: one a"
            + " table of the lake.");
    return policy;
  }

  /** Its code, and its log, which the service looks up before it starts. */
  private Policy accessToOwnParts(Role role, Asset jar, LogGroup logs, LogStream logStream) {
    Policy policy = Policy.Builder.create(this, "OwnParts").roles(List.of(role)).build();
    policy.addStatements(
        allow(
            List.of("s3:GetObject", "s3:GetObjectVersion"),
            List.of(jar.getBucket().arnForObjects(jar.getS3ObjectKey()))),
        allow(List.of("logs:DescribeLogStreams"), List.of(logs.getLogGroupArn())),
        allow(List.of("logs:PutLogEvents"), List.of(arnOf(logs, logStream))),
        allow(
            List.of("logs:DescribeLogGroups"),
            List.of(
                formatArn(
                    ArnComponents.builder()
                        .service("logs")
                        .resource("log-group")
                        .resourceName("*")
                        .arnFormat(ArnFormat.COLON_RESOURCE_NAME)
                        .build()))));
    Suppressions.accept(
        policy,
        "AwsSolutions-IAM5",
        "The service lists log groups to find the one of the application; listing cannot be"
            + " narrowed to one.");
    return policy;
  }

  /** The network interfaces through which the application runs in the subnets. */
  private Policy accessToNetwork(Role role, NetworkStack network) {
    Policy policy = Policy.Builder.create(this, "Network").roles(List.of(role)).build();
    String anyInterface = ec2Arn("network-interface", "*");
    List<String> parts = new ArrayList<>();
    parts.add(anyInterface);
    parts.add(ec2Arn("security-group", network.application().getSecurityGroupId()));
    subnetsOf(network).map(subnet -> ec2Arn("subnet", subnet.getSubnetId())).forEach(parts::add);
    policy.addStatements(
        allow(
            List.of(
                "ec2:DescribeDhcpOptions",
                "ec2:DescribeNetworkInterfaces",
                "ec2:DescribeSecurityGroups",
                "ec2:DescribeSubnets",
                "ec2:DescribeVpcs"),
            List.of("*")),
        allow(List.of("ec2:CreateNetworkInterface"), parts),
        PolicyStatement.Builder.create()
            .actions(List.of("ec2:CreateNetworkInterfacePermission", "ec2:DeleteNetworkInterface"))
            .resources(List.of(anyInterface))
            .conditions(
                Map.of("ArnEquals", Map.of("ec2:Vpc", ec2Arn("vpc", network.vpc().getVpcId()))))
            .build());
    Suppressions.accept(
        policy,
        "AwsSolutions-IAM5",
        "EC2 has no resources for describing; an interface has no name before it is made, so it is"
            + " bound to these subnets, this security group and this network.");
    return policy;
  }

  private String ec2Arn(String kind, String id) {
    return formatArn(
        ArnComponents.builder().service("ec2").resource(kind).resourceName(id).build());
  }

  private String arnOf(LogGroup logs, LogStream logStream) {
    return formatArn(
        ArnComponents.builder()
            .service("logs")
            .resource("log-group")
            .resourceName(logs.getLogGroupName() + ":log-stream:" + logStream.getLogStreamName())
            .arnFormat(ArnFormat.COLON_RESOURCE_NAME)
            .build());
  }

  private static PolicyStatement allow(List<String> actions, List<String> resources) {
    return PolicyStatement.Builder.create().actions(actions).resources(resources).build();
  }
}
