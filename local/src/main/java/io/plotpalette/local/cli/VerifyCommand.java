package io.plotpalette.local.cli;

import io.plotpalette.local.UsageException;
import io.plotpalette.local.dynamodb.DynamoDbLocalServer;
import io.plotpalette.local.sql.LakeDatabase;
import io.plotpalette.local.verify.Difference;
import io.plotpalette.local.verify.LakeRepair;
import io.plotpalette.local.verify.LakeVerification;
import java.io.PrintWriter;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/** Proves that the lake knows every task as the table does. */
@Command(
    name = "verify",
    description = {
      "Compare the table of tasks with the newest change of every task in the lake, and name every",
      "difference; exits 1 if there is one. The product must run.",
      "With --repair the missing changes are written to bronze from what the table says now, one a"
          + " task; exits 1 if some cannot be. Only when they do not come any more: the job is up to"
          + " date and their records are gone from the stream (24 hours)."
    },
    mixinStandardHelpOptions = true)
final class VerifyCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Option(
      names = "--grace",
      paramLabel = "DURATION",
      description =
          "How long a change may be on its way, as ISO-8601 duration; younger differences are not"
              + " reported. Default: ${DEFAULT-VALUE}.")
  private Duration grace = Duration.ofMinutes(1);

  @Option(names = "--repair", description = "Write the missing changes to bronze.")
  private boolean repair;

  @Override
  public Integer call() throws Exception {
    if (grace.isNegative()) {
      throw new UsageException("--grace is %s, but must not be negative.".formatted(grace));
    }
    ProjectFolder project = ProjectFolder.open();
    URI endpoint = project.config().dynamoDb();
    PrintWriter out = spec.commandLine().getOut();
    try (DynamoDbClient dynamoDb = DynamoDbLocalServer.client(endpoint);
        LakeDatabase lake = LakeDatabase.open(project.data().bucket())) {
      LakeVerification.Report report =
          compare(new LakeVerification(dynamoDb, InstantSource.system()), lake, endpoint);
      report.differences().stream().map(Difference::describe).forEach(out::println);
      out.printf(
          "%d tasks in the table, %d in the lake: %s%n",
          report.tasksInTable(),
          report.tasksInBronze(),
          report.differences().isEmpty()
              ? "no difference"
              : report.differences().size() + " differences");
      if (report.differences().isEmpty()) {
        return 0;
      }
      return repair ? repair(dynamoDb, lake, project.data().bucket(), report, out) : 1;
    }
  }

  private static int repair(
      DynamoDbClient dynamoDb,
      LakeDatabase lake,
      Path bucket,
      LakeVerification.Report report,
      PrintWriter out)
      throws Exception {
    LakeRepair.Summary repaired =
        new LakeRepair(dynamoDb, lake, bucket.toUri(), InstantSource.system())
            .repair(report.differences());
    out.printf("Wrote %d changes to bronze.%n", repaired.written());
    repaired.left().forEach(line -> out.println("Not repaired: " + line));
    repaired
        .days()
        .forEach(day -> out.println("Bring it into the insights: ./palette rebuild --from " + day));
    return repaired.left().isEmpty() ? 0 : 1;
  }

  private LakeVerification.Report compare(
      LakeVerification verification, LakeDatabase lake, URI dynamoDb) throws Exception {
    try {
      return verification.compare(lake, grace);
    } catch (SdkClientException e) {
      throw new UsageException(
          "No DynamoDB answers at %s. Start the product with `./palette up`.".formatted(dynamoDb),
          e);
    }
  }
}
