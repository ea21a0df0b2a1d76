package io.plotpalette.infra;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import software.amazon.awscdk.Annotations;
import software.amazon.awscdk.Duration;
import software.amazon.awscdk.RemovalPolicy;
import software.amazon.awscdk.services.iam.Policy;
import software.amazon.awscdk.services.iam.PolicyStatement;
import software.amazon.awscdk.services.iam.Role;
import software.amazon.awscdk.services.iam.ServicePrincipal;
import software.amazon.awscdk.services.lambda.Alias;
import software.amazon.awscdk.services.lambda.Architecture;
import software.amazon.awscdk.services.lambda.Code;
import software.amazon.awscdk.services.lambda.Function;
import software.amazon.awscdk.services.lambda.Runtime;
import software.amazon.awscdk.services.lambda.SnapStartConf;
import software.amazon.awscdk.services.logs.LogGroup;
import software.constructs.Construct;

/**
 * One handler of the packaged zip as an arm64 function with its own role and log group. Callers use
 * the alias: only published versions start from a snapshot.
 */
final class HandlerFunction extends Construct {
  private final Policy policy;
  private final Alias live;

  /**
   * What all functions of a stage have in common.
   *
   * @param code zip of the handlers
   * @param environment read by the handlers' configuration
   */
  record Template(Stage stage, Path code, Map<String, String> environment) {}

  /**
   * What sets one function apart.
   *
   * @param name last part of the function's physical name
   * @param handlerClass full name of a class in the zip
   * @param timeout after which Lambda ends a call
   * @param access what its role may do besides writing its log
   */
  record Options(
      String name, String handlerClass, Duration timeout, List<PolicyStatement> access) {}

  HandlerFunction(Construct scope, String id, Template template, Options options) {
    super(scope, id);
    Stage stage = template.stage();
    String functionName = stage.physicalName(options.name());
    LogGroup logs =
        LogGroup.Builder.create(this, "Logs")
            .logGroupName("/aws/lambda/" + functionName)
            .retention(stage.logRetention())
            .removalPolicy(RemovalPolicy.DESTROY)
            .build();
    Role role =
        Role.Builder.create(this, "Role")
            .assumedBy(new ServicePrincipal("lambda.amazonaws.com"))
            .description("Runs " + functionName)
            .build();
    policy = Policy.Builder.create(this, "Access").roles(List.of(role)).build();
    policy.addStatements(
        PolicyStatement.Builder.create()
            .actions(List.of("logs:CreateLogStream", "logs:PutLogEvents"))
            .resources(List.of(logs.getLogGroupArn()))
            .build());
    policy.addStatements(options.access().toArray(PolicyStatement[]::new));

    Function function =
        Function.Builder.create(this, "Function")
            .functionName(functionName)
            .architecture(Architecture.ARM_64)
            .runtime(Runtime.JAVA_17)
            .code(Code.fromAsset(template.code().toString()))
            .handler(options.handlerClass() + "::handleRequest")
            .memorySize(1_024)
            .timeout(options.timeout())
            .snapStart(SnapStartConf.ON_PUBLISHED_VERSIONS)
            .environment(template.environment())
            .role(role)
            .logGroup(logs)
            .build();
    // It warns whenever a snapshot is asked for; the alias below does publish versions.
    Annotations.of(function).acknowledgeWarning("@aws-cdk/aws-lambda:snapStartRequirePublish");
    // A snapshot is taken with the first start of a version, which already needs the rights.
    function.getNode().addDependency(policy);
    Suppressions.accept(
        function,
        "AwsSolutions-L1",
        "All modules run on Java 17, the newest that Flink 2.2 runs on (ADR 0001); Lambda still"
            + " maintains it.");
    live =
        Alias.Builder.create(this, "Live")
            .aliasName("live")
            .version(function.getCurrentVersion())
            .build();
  }

  /** Accepts that the role's rights name resources by a part of their name. */
  void acceptWildcards(String reason) {
    Suppressions.accept(policy, "AwsSolutions-IAM5", reason);
  }

  /** The published version callers reach. */
  Alias live() {
    return live;
  }
}
