package io.plotpalette.infra;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
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

/** A job as a managed Flink application, with its role, its log and its code. */
final class FlinkApplication {
  private static final String CUSTOM = "CUSTOM";

  /** A change becomes visible with the checkpoint it belongs to; the aim is 60 s. */
  private static final int CHECKPOINT_INTERVAL_MS = 30_000;

  private static final int MIN_PAUSE_BETWEEN_CHECKPOINTS_MS = 5_000;

  private final Construct scope;
  private final Stack stack;
  private final Job job;
  private final Optional<NetworkStack> network;

  /**
   * What runs.
   *
   * @param group of its settings, and the last part of the application's name
   * @param settings only what differs by deployment: the defaults of a job are meant for the cloud
   * @param boundByCpu whether the service may add subtasks, which it does by CPU alone
   */
  record Job(
      String id,
      String group,
      String description,
      Path jar,
      Map<String, String> settings,
      boolean boundByCpu) {}

  /**
   * Adds the application.
   *
   * @param scope of its own, or of all ids below
   * @param network empty where the stage has none
   * @param access to the job's data, given its role
   */
  FlinkApplication(
      Construct scope,
      Stage stage,
      Job job,
      Optional<NetworkStack> network,
      Function<Role, List<Policy>> access) {
    this.scope = scope;
    this.stack = Stack.of(scope);
    this.job = job;
    this.network = network;
    String name = stage.physicalName(job.group());
    LogGroup logs =
        LogGroup.Builder.create(scope, "Logs")
            .logGroupName("/aws/managed-flink/" + name)
            .retention(stage.logRetention())
            .removalPolicy(RemovalPolicy.DESTROY)
            .build();
    LogStream logStream =
        LogStream.Builder.create(scope, "LogStream")
            .logGroup(logs)
            .logStreamName("application")
            .removalPolicy(RemovalPolicy.DESTROY)
            .build();
    Asset jar = Asset.Builder.create(scope, "Jar").path(job.jar().toString()).build();

    Role role =
        Role.Builder.create(scope, "Role")
            .assumedBy(new ServicePrincipal("kinesisanalytics.amazonaws.com"))
            .description("Runs " + name)
            .build();
    List<Policy> policies = new ArrayList<>(access.apply(role));
    policies.add(accessToOwnParts(role, jar, logs, logStream));
    network.ifPresent(vpc -> policies.add(accessToNetwork(role, vpc)));

    CfnApplication application =
        CfnApplication.Builder.create(scope, job.id())
            .applicationName(name)
            .applicationDescription(job.description())
            .applicationMode("STREAMING")
            .runtimeEnvironment("FLINK-2_2")
            .serviceExecutionRole(role.getRoleArn())
            .applicationConfiguration(configuration(jar))
            .build();
    policies.forEach(policy -> application.getNode().addDependency(policy));
    application.getNode().addDependency(logStream);
    CfnApplicationCloudWatchLoggingOption.Builder.create(scope, "Logging")
        .applicationName(application.getRef())
        .cloudWatchLoggingOption(
            CfnApplicationCloudWatchLoggingOption.CloudWatchLoggingOptionProperty.builder()
                .logStreamArn(arnOf(logs, logStream))
                .build())
        .build();
    CfnOutput.Builder.create(scope, "Application").value(application.getRef()).build();
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
                                .propertyGroupId(job.group())
                                .propertyMap(job.settings())
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
    network.ifPresent(vpc -> configuration.vpcConfigurations(List.of(subnets(vpc))));
    return configuration.build();
  }

  private CfnApplication.FlinkApplicationConfigurationProperty flink() {
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
                .autoScalingEnabled(job.boundByCpu())
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

  /** Its code, and its log, which the service looks up before it starts. */
  private Policy accessToOwnParts(Role role, Asset jar, LogGroup logs, LogStream logStream) {
    Policy policy = Policy.Builder.create(scope, "OwnParts").roles(List.of(role)).build();
    policy.addStatements(
        allow(
            List.of("s3:GetObject", "s3:GetObjectVersion"),
            List.of(jar.getBucket().arnForObjects(jar.getS3ObjectKey()))),
        allow(List.of("logs:DescribeLogStreams"), List.of(logs.getLogGroupArn())),
        allow(List.of("logs:PutLogEvents"), List.of(arnOf(logs, logStream))),
        allow(
            List.of("logs:DescribeLogGroups"),
            List.of(
                stack.formatArn(
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
    Policy policy = Policy.Builder.create(scope, "Network").roles(List.of(role)).build();
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
    return stack.formatArn(
        ArnComponents.builder().service("ec2").resource(kind).resourceName(id).build());
  }

  private String arnOf(LogGroup logs, LogStream logStream) {
    return stack.formatArn(
        ArnComponents.builder()
            .service("logs")
            .resource("log-group")
            .resourceName(logs.getLogGroupName() + ":log-stream:" + logStream.getLogStreamName())
            .arnFormat(ArnFormat.COLON_RESOURCE_NAME)
            .build());
  }

  static PolicyStatement allow(List<String> actions, List<String> resources) {
    return PolicyStatement.Builder.create().actions(actions).resources(resources).build();
  }
}
