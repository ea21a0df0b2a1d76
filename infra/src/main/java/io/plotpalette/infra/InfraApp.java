package io.plotpalette.infra;

import io.github.cdklabs.cdknag.AwsSolutionsChecks;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import software.amazon.awscdk.App;
import software.amazon.awscdk.Aspects;
import software.amazon.awscdk.Tags;

/** Entry of the CDK command line, run in the module's folder: one stage of the product. */
public final class InfraApp {
  private InfraApp() {}

  public static void main(String[] args) {
    App app = create(Optional.empty());
    UnaryOperator<String> context = key -> text(app.getNode().tryGetContext(key));
    compose(app, Stage.read(context), Artifacts.below(Path.of("")));
    app.synth();
  }

  /**
   * An empty app that refuses templates CloudFormation would refuse.
   *
   * @param outputFolder of the synthesized templates; empty for the one the command line asks for
   */
  static App create(Optional<Path> outputFolder) {
    App.Builder builder =
        App.Builder.create()
            .analyticsReporting(false)
            .postCliContext(
                Map.of(
                    "aws:cdk:enable-path-metadata",
                    true,
                    "@aws-cdk/core:validateAgainstDefaultRules",
                    true,
                    // A stack that others take names from refuses to be deleted before them.
                    "@aws-cdk/core:defaultCrossStackReferences",
                    "strong"));
    outputFolder.ifPresent(folder -> builder.outdir(folder.toString()));
    return builder.build();
  }

  /**
   * Adds the stacks of a stage, which together are a whole deployment. A finding of cdk-nag that is
   * not accepted stops the command line.
   */
  static void compose(App app, Stage stage, Artifacts artifacts) {
    StorageStack storage = new StorageStack(app, stage);
    DatabaseStack database = new DatabaseStack(app, stage, storage.dataKey());
    QueueStack queue = new QueueStack(app, stage, storage.dataKey());
    HandlerFunction.Template functions =
        new HandlerFunction.Template(
            stage,
            artifacts.handlers(),
            HandlerEnvironment.of(
                stage, storage.bucket().getBucketName(), queue.taskWrites().getQueueUrl()));
    AuthStack auth = new AuthStack(app, stage, functions, database);
    new ApiStack(app, stage, functions, new ApiStack.Surroundings(storage, database, queue, auth));
    Optional<NetworkStack> network =
        stage.privateNetwork()
            ? Optional.of(new NetworkStack(app, stage, storage.bucket()))
            : Optional.empty();
    new StreamingStack(
        app, stage, new StreamingStack.Surroundings(artifacts, storage, database, network));
    new AnalyticsStack(app, stage, artifacts, storage);

    Tags tags = Tags.of(app);
    tags.add("Project", "plot-palette");
    tags.add("Owner", stage.owner());
    tags.add("Environment", stage.name());
    tags.add("CostCenter", stage.costCenter());
    Aspects.of(app).add(new AwsSolutionsChecks());
  }

  private static String text(Object contextValue) {
    return contextValue == null ? null : contextValue.toString();
  }
}
