package io.plotpalette.infra;

import io.plotpalette.model.table.TableDefinition;
import io.plotpalette.model.table.Tables;
import java.util.List;
import java.util.Map;
import software.amazon.awscdk.ArnComponents;
import software.amazon.awscdk.ArnFormat;
import software.amazon.awscdk.RemovalPolicy;
import software.amazon.awscdk.Stack;
import software.amazon.awscdk.services.ec2.FlowLogDestination;
import software.amazon.awscdk.services.ec2.FlowLogOptions;
import software.amazon.awscdk.services.ec2.GatewayVpcEndpoint;
import software.amazon.awscdk.services.ec2.GatewayVpcEndpointAwsService;
import software.amazon.awscdk.services.ec2.GatewayVpcEndpointOptions;
import software.amazon.awscdk.services.ec2.InterfaceVpcEndpoint;
import software.amazon.awscdk.services.ec2.InterfaceVpcEndpointAwsService;
import software.amazon.awscdk.services.ec2.InterfaceVpcEndpointOptions;
import software.amazon.awscdk.services.ec2.IpAddresses;
import software.amazon.awscdk.services.ec2.Peer;
import software.amazon.awscdk.services.ec2.Port;
import software.amazon.awscdk.services.ec2.SecurityGroup;
import software.amazon.awscdk.services.ec2.SubnetConfiguration;
import software.amazon.awscdk.services.ec2.SubnetType;
import software.amazon.awscdk.services.ec2.Vpc;
import software.amazon.awscdk.services.iam.AnyPrincipal;
import software.amazon.awscdk.services.iam.PolicyStatement;
import software.amazon.awscdk.services.logs.LogGroup;
import software.amazon.awscdk.services.logs.RetentionDays;
import software.amazon.awscdk.services.s3.IBucket;
import software.constructs.Construct;

/**
 * Private subnets in two zones with a way to the services the streaming application reads and
 * writes, and to nothing else: there is neither an internet gateway nor a NAT.
 */
public final class NetworkStack extends Stack {
  private static final int HTTPS = 443;

  private final Vpc vpc;
  private final SecurityGroup application;

  NetworkStack(Construct scope, Stage stage, IBucket lake) {
    super(scope, stage.physicalName("network"));
    vpc =
        Vpc.Builder.create(this, "Vpc")
            .vpcName(stage.physicalName("vpc"))
            .ipAddresses(IpAddresses.cidr("10.20.0.0/22"))
            .maxAzs(2)
            .natGateways(0)
            .restrictDefaultSecurityGroup(false)
            .subnetConfiguration(
                List.of(
                    SubnetConfiguration.builder()
                        .name("private")
                        .subnetType(SubnetType.PRIVATE_ISOLATED)
                        .cidrMask(24)
                        .build()))
            .build();
    addFlowLogs(stage);
    addGatewayEndpoints(stage, lake);

    application =
        SecurityGroup.Builder.create(this, "Application")
            .vpc(vpc)
            .description("Flink applications of " + stage.name())
            .allowAllOutbound(false)
            .build();
    // Gateway endpoints have public addresses, known only by lists that differ by region; the
    // routes of these subnets lead nowhere else.
    application.addEgressRule(
        Peer.anyIpv4(), Port.tcp(HTTPS), "HTTPS to the endpoints of this network");
    addStreamsEndpoint(stage);
    addModelsEndpoint();
  }

  private void addFlowLogs(Stage stage) {
    LogGroup log =
        LogGroup.Builder.create(this, "FlowLog")
            .logGroupName("/aws/vendedlogs/" + stage.physicalName("flow"))
            .retention(RetentionDays.ONE_WEEK)
            .removalPolicy(RemovalPolicy.DESTROY)
            .build();
    vpc.addFlowLog(
        "Traffic",
        FlowLogOptions.builder().destination(FlowLogDestination.toCloudWatchLogs(log)).build());
  }

  private void addGatewayEndpoints(Stage stage, IBucket lake) {
    vpc.addGatewayEndpoint(
            "S3",
            GatewayVpcEndpointOptions.builder().service(GatewayVpcEndpointAwsService.S3).build())
        .addToPolicy(
            ofThisAccount(
                List.of(
                    "s3:AbortMultipartUpload",
                    "s3:DeleteObject",
                    "s3:GetObject",
                    "s3:ListBucket",
                    "s3:ListBucketMultipartUploads",
                    "s3:ListMultipartUploadParts",
                    "s3:PutObject"),
                List.of(lake.getBucketArn(), lake.arnForObjects("*"))));
    GatewayVpcEndpoint tables =
        vpc.addGatewayEndpoint(
            "DynamoDb",
            GatewayVpcEndpointOptions.builder()
                .service(GatewayVpcEndpointAwsService.DYNAMODB)
                .build());
    tables.addToPolicy(
        ofThisAccount(
            List.of("dynamodb:DescribeTable"),
            List.of(arnOf(Tables.TASKS, stage), arnOf(Tables.JOBS, stage))));
    tables.addToPolicy(
        ofThisAccount(
            List.of("dynamodb:BatchWriteItem"),
            List.of(arnOf(Tables.COST_TRACKING, stage), arnOf(Tables.RUNS, stage))));
    tables.addToPolicy(
        ofThisAccount(
            List.of("dynamodb:PutItem", "dynamodb:Query"),
            List.of(arnOf(Tables.CALL_JOURNAL, stage), arnOf(Tables.JOBS, stage))));
    tables.addToPolicy(
        ofThisAccount(
            List.of("dynamodb:Query"), List.of(arnOf(Tables.JOBS, stage) + "/index/by-state")));
    tables.addToPolicy(
        ofThisAccount(List.of("dynamodb:GetItem"), List.of(arnOf(Tables.TEMPLATES, stage))));
  }

  private void addStreamsEndpoint(Stage stage) {
    SecurityGroup endpoint =
        SecurityGroup.Builder.create(this, "StreamsEndpoint")
            .vpc(vpc)
            .description("DynamoDB Streams, for the applications only")
            .allowAllOutbound(false)
            .build();
    endpoint.addIngressRule(application, Port.tcp(HTTPS), "HTTPS from the applications");
    InterfaceVpcEndpoint streams =
        vpc.addInterfaceEndpoint(
            "DynamoDbStreams",
            InterfaceVpcEndpointOptions.builder()
                .service(InterfaceVpcEndpointAwsService.DYNAMODB_STREAMS)
                .securityGroups(List.of(endpoint))
                .open(false)
                .privateDnsEnabled(true)
                .build());
    streams.addToPolicy(
        ofThisAccount(
            List.of("dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator"),
            List.of(
                arnOf(Tables.TASKS, stage) + "/stream/*",
                arnOf(Tables.JOBS, stage) + "/stream/*")));
  }

  private void addModelsEndpoint() {
    SecurityGroup endpoint =
        SecurityGroup.Builder.create(this, "ModelsEndpoint")
            .vpc(vpc)
            .description("Bedrock, for the applications only")
            .allowAllOutbound(false)
            .build();
    endpoint.addIngressRule(application, Port.tcp(HTTPS), "HTTPS from the applications");
    InterfaceVpcEndpoint models =
        vpc.addInterfaceEndpoint(
            "BedrockRuntime",
            InterfaceVpcEndpointOptions.builder()
                .service(InterfaceVpcEndpointAwsService.BEDROCK_RUNTIME)
                .securityGroups(List.of(endpoint))
                .open(false)
                .privateDnsEnabled(true)
                .build());
    models.addToPolicy(ofThisAccount(List.of("bedrock:InvokeModel"), ModelArns.ofCatalogue(this)));
  }

  /** By name: a reference would make the network wait for the tables. */
  private String arnOf(TableDefinition table, Stage stage) {
    return formatArn(
        ArnComponents.builder()
            .service("dynamodb")
            .resource("table")
            .resourceName(table.physicalName(stage.name()))
            .arnFormat(ArnFormat.SLASH_RESOURCE_NAME)
            .build());
  }

  private PolicyStatement ofThisAccount(List<String> actions, List<String> resources) {
    return PolicyStatement.Builder.create()
        .principals(List.of(new AnyPrincipal()))
        .actions(actions)
        .resources(resources)
        .conditions(Map.of("StringEquals", Map.of("aws:PrincipalAccount", getAccount())))
        .build();
  }

  Vpc vpc() {
    return vpc;
  }

  /** The security group of the Flink applications. */
  SecurityGroup application() {
    return application;
  }
}
