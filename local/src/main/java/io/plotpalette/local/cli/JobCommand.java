package io.plotpalette.local.cli;

import io.plotpalette.local.LocalConfig;
import io.plotpalette.local.UsageException;
import io.plotpalette.local.client.JobWatch;
import io.plotpalette.local.client.JobsClient;
import io.plotpalette.local.client.TokenClient;
import io.plotpalette.local.identity.TokenServer;
import io.plotpalette.local.loopback.Loopback;
import io.plotpalette.model.job.JobState;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Generation jobs of the product that runs. */
@Command(
    name = "job",
    description = "Generation jobs of the product that runs.",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND",
    subcommands = JobCommand.WatchCommand.class)
final class JobCommand {
  private JobCommand() {}

  /** Follows one job. */
  @Command(
      name = "watch",
      description = {
        "Follow a job until it is over: a line a change, then what each step and model cost.",
        "Exits 0 if it was completed, 1 if it ended in another way."
      },
      mixinStandardHelpOptions = true)
  static final class WatchCommand implements Callable<Integer> {
    private static final Duration INTERVAL = Duration.ofSeconds(1);

    @Spec private CommandSpec spec;

    @Parameters(paramLabel = "ID", description = "The job's id.")
    private String jobId;

    @ArgGroup(multiplicity = "1")
    private Access access;

    /** Who asks. */
    private static final class Access {
      @Option(names = "--token", description = "Access token, as log-in returns it.")
      private String token;

      @ArgGroup(exclusive = false)
      private Account account;
    }

    /** Somebody who has signed up here. */
    private static final class Account {
      @Option(names = "--email", required = true, description = "Of an account on this machine.")
      private String email;

      @Option(
          names = "--password",
          required = true,
          interactive = true,
          arity = "0..1",
          description = "Asked for if no value is given.")
      private String password;
    }

    @Override
    public Integer call() throws Exception {
      if (!jobId.matches("[0-9a-f-]{36}")) {
        throw new UsageException("'" + jobId + "' is no id of a job.");
      }
      PrintWriter out = spec.commandLine().getOut();
      LocalConfig config = ProjectFolder.open().config();
      HttpClient http = HttpClient.newHttpClient();
      try {
        URI api = Loopback.endpoint(config.apiPort());
        JobsClient jobs = new JobsClient(http, api, token(http, config));
        out.println(api + "/dashboard/" + jobId + " shows it in a browser.");
        JobState state =
            new JobWatch(jobs, INTERVAL, line -> UpCommand.say(out, line)).follow(jobId);
        return state == JobState.COMPLETED ? 0 : 1;
      } catch (ConnectException e) {
        throw new UsageException("Nothing answers here. Is `./palette up` running?", e);
      } catch (JobsClient.AnswerException e) {
        throw new UsageException(
            switch (e.status()) {
              case 401 -> "The access token is not valid, or no longer.";
              case 404 -> "This account has no job " + jobId + ".";
              default -> e.getMessage();
            },
            e);
      }
    }

    private String token(HttpClient http, LocalConfig config)
        throws IOException, InterruptedException {
      if (access.token != null) {
        return access.token;
      }
      TokenClient tokens =
          new TokenClient(http, Loopback.endpoint(config.tokenPort()), TokenServer.CLIENT_ID);
      return tokens.logIn(access.account.email, access.account.password);
    }
  }
}
