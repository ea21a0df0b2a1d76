package io.plotpalette.local.cli;

import io.plotpalette.local.dynamodb.DynamoDbLocalServer;
import io.plotpalette.local.process.Leash;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** DynamoDB alone, for programs of ours that kill or load the rest of the product. */
@Command(
    name = DynamoDbCommand.NAME,
    hidden = true,
    description = "DynamoDB in memory and nothing else, until standard input ends.",
    mixinStandardHelpOptions = true)
final class DynamoDbCommand implements Callable<Integer> {
  static final String NAME = "dynamodb";

  /** What the line with the endpoint begins with. */
  static final String ANSWERS_AT = "DynamoDB answers at ";

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws Exception {
    PrintWriter out = spec.commandLine().getOut();
    try (DynamoDbLocalServer server = DynamoDbLocalServer.inMemory(0)) {
      UpCommand.say(out, ANSWERS_AT + server.endpoint());
      Leash.awaitRelease();
    }
    return 0;
  }
}
