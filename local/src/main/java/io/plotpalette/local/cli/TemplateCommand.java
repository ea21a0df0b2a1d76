package io.plotpalette.local.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.plotpalette.local.PaletteServer;
import io.plotpalette.local.UsageException;
import io.plotpalette.local.sql.LakeDatabase;
import io.plotpalette.local.sql.TextTable;
import io.plotpalette.model.catalogue.CatalogueModel;
import io.plotpalette.model.catalogue.InvalidCatalogueException;
import io.plotpalette.model.catalogue.ModelCatalogue;
import io.plotpalette.model.seed.SeedCheck;
import io.plotpalette.model.seed.SeedFormat;
import io.plotpalette.model.template.CompiledTemplate;
import io.plotpalette.model.template.GenerationEstimate;
import io.plotpalette.model.template.InvalidTemplateException;
import io.plotpalette.model.template.ModelChoices;
import io.plotpalette.model.template.PromptException;
import io.plotpalette.model.template.PromptPreview;
import io.plotpalette.model.template.TemplateDefinition;
import io.plotpalette.model.template.TemplateJson;
import io.plotpalette.model.template.TemplateStep;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Templates as files, looked at by the rules of the API; nothing has to run. */
@Command(
    name = "template",
    description = "Check a template, or see the prompts it makes, before anything is paid.",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {TemplateCommand.CheckCommand.class, TemplateCommand.RenderCommand.class})
final class TemplateCommand {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** Entries the estimate renders prompts for; as many as the API takes. */
  private static final int SAMPLE_ENTRIES = 50;

  private TemplateCommand() {}

  /** What both commands look at. */
  static final class Input {
    @Parameters(paramLabel = "FILE", description = "The template, JSON as the API takes it.")
    private Path file;

    @Option(
        names = "--region",
        defaultValue = PaletteServer.REGION,
        description = "Where models are called; default: ${DEFAULT-VALUE}.")
    private String region;

    @Option(
        names = "--catalogue",
        paramLabel = "FILE",
        description = "Models and prices; default: those that come with the product.")
    private Path catalogue;

    @Option(
        names = "--records",
        paramLabel = "N",
        description = "Records the estimate is for; default: one for each entry of the seed data.")
    private Long records;

    @Option(
        names = "--random-seed",
        paramLabel = "N",
        defaultValue = "1",
        description = "Decides what filters choose at random; default: ${DEFAULT-VALUE}.")
    private long randomSeed;

    private ModelCatalogue catalogue() {
      try {
        return catalogue == null ? ModelCatalogue.builtIn() : ModelCatalogue.ofFile(catalogue);
      } catch (IOException e) {
        throw unreadable(catalogue, e);
      } catch (InvalidCatalogueException e) {
        throw new UsageException(e.getMessage(), e);
      }
    }

    private TemplateDefinition definition() throws InvalidFileException {
      try {
        return TemplateJson.read(JSON.readTree(Files.readAllBytes(file)));
      } catch (JsonProcessingException e) {
        throw new InvalidFileException(
            "%s is not JSON: line %d, column %d: %s"
                .formatted(
                    file,
                    e.getLocation().getLineNr(),
                    e.getLocation().getColumnNr(),
                    e.getOriginalMessage()),
            e);
      } catch (IOException e) {
        throw unreadable(file, e);
      } catch (InvalidTemplateException e) {
        throw invalid(file, e);
      }
    }
  }

  /** A file is there but not good; shown without a trace, the command exits with 1. */
  private static final class InvalidFileException extends Exception {
    private static final long serialVersionUID = 1L;

    InvalidFileException(String message, Throwable cause) {
      super(message, cause);
    }
  }

  /** Everything the files say, checked. */
  private record Checked(
      CompiledTemplate template, List<CatalogueModel> models, ModelCatalogue catalogue) {
    static Checked of(Input input) throws InvalidFileException {
      TemplateDefinition definition = input.definition();
      ModelCatalogue catalogue = input.catalogue();
      try {
        return new Checked(
            CompiledTemplate.of(definition),
            ModelChoices.of(definition, catalogue, input.region),
            catalogue);
      } catch (InvalidTemplateException e) {
        throw invalid(input.file, e);
      }
    }

    void print(PrintWriter out) {
      TemplateDefinition definition = template.definition();
      out.println(definition.name());
      for (int i = 0; i < definition.steps().size(); i++) {
        TemplateStep step = definition.steps().get(i);
        out.printf(
            "  %d. %s: %s, at most %d tokens of %s%n",
            i + 1,
            step.id(),
            models.get(i).id(),
            step.maxTokens(),
            step.output() == TemplateStep.OutputFormat.TEXT ? "text" : "JSON");
      }
      out.println("Required fields: " + listed(template.requiredFields()));
      out.println("Optional fields: " + listed(template.optionalFields()));
    }

    private static String listed(List<String> fields) {
      return fields.isEmpty() ? "none" : String.join(", ", fields);
    }

    void printEstimate(PrintWriter out, Seeds seeds, Input input) {
      long records = input.records == null ? seeds.check.entries() : input.records;
      if (records < 1) {
        throw new UsageException("--records is " + records + ", but must be at least 1.");
      }
      GenerationEstimate estimate =
          GenerationEstimate.of(template, models, seeds.sample, input.randomSeed, records);
      List<List<String>> rows = new ArrayList<>();
      for (GenerationEstimate.StepEstimate step : estimate.steps()) {
        rows.add(
            List.of(
                step.stepId(),
                Long.toString(step.expected().calls()),
                Long.toString(step.expected().tokensIn()),
                Long.toString(step.expected().tokensOut()),
                step.expected().cost().toUsd(),
                step.worstCase().cost().toUsd()));
      }
      out.println(
          TextTable.of(
              new LakeDatabase.Result(
                  List.of("step", "calls", "tokens in", "tokens out", "USD", "USD at worst"),
                  rows)));
      out.printf(
          "%d records: %s USD expected, %s at worst; prices of %s.%n",
          records,
          estimate.expected().toUsd(),
          estimate.worstCase().toUsd(),
          catalogue.pricesAsOf());
    }
  }

  /** A file of seed data, read to its end. */
  private static final class Seeds {
    private final Path file;
    private final SeedCheck check;
    private final List<JsonNode> sample = new ArrayList<>();
    private ObjectNode wanted;
    private long read;

    /**
     * @param index of the entry to keep, from 0; -1 for none
     */
    private Seeds(Path file, CompiledTemplate template, long index) {
      this.file = file;
      SeedFormat format =
          file.toString().toLowerCase(Locale.ROOT).endsWith(".csv")
              ? SeedFormat.CSV
              : SeedFormat.JSON;
      try (InputStream in = Files.newInputStream(file)) {
        check = SeedCheck.run(in, format, template, entry -> take(entry, index));
      } catch (IOException e) {
        throw unreadable(file, e);
      }
    }

    private void take(ObjectNode entry, long index) {
      if (sample.size() < SAMPLE_ENTRIES) {
        sample.add(entry);
      }
      if (read++ == index) {
        wanted = entry;
      }
    }

    private boolean print(PrintWriter out) {
      for (SeedCheck.Problem problem : check.problems()) {
        out.printf(
            "%s: entry %d%s: %s%n",
            file,
            problem.entry(),
            problem.line() > 0
                ? " (line %d, column %d)".formatted(problem.line(), problem.column())
                : "",
            problem.reason());
      }
      return check.isUsable();
    }
  }

  /** Tells what a template needs, and what it will cost. */
  @Command(
      name = "check",
      description = {
        "Say what is wrong with a template by step and line, or which models it calls and which",
        "fields it needs. With --seed also which entries lack them, and what the dataset would cost.",
        "Exits 1 if anything is wrong."
      },
      mixinStandardHelpOptions = true)
  static final class CheckCommand implements Callable<Integer> {
    @Spec private CommandSpec spec;

    @Mixin private Input input;

    @Option(
        names = "--seed",
        paramLabel = "FILE",
        description = "Seed data: an array of objects in JSON, or CSV if the name ends in .csv.")
    private Path seed;

    @Override
    public Integer call() {
      PrintWriter out = spec.commandLine().getOut();
      if (seed == null && input.records != null) {
        throw new UsageException("--records needs --seed: prompts are as long as their data.");
      }
      return reporting(
          out,
          () -> {
            Checked checked = Checked.of(input);
            checked.print(out);
            if (seed == null) {
              return 0;
            }
            Seeds seeds = new Seeds(seed, checked.template(), -1);
            if (!seeds.print(out)) {
              return 1;
            }
            checked.printEstimate(out, seeds, input);
            return 0;
          });
    }
  }

  /** Shows the prompts of one record. */
  @Command(
      name = "render",
      description = {
        "Show the prompts one entry of the seed data makes, and what the dataset would cost. No model",
        "is called: outputs of earlier steps are stand-ins, <output of STEP> for a text."
      },
      mixinStandardHelpOptions = true)
  static final class RenderCommand implements Callable<Integer> {
    @Spec private CommandSpec spec;

    @Mixin private Input input;

    @Option(
        names = "--seed",
        required = true,
        paramLabel = "FILE",
        description = "Seed data: an array of objects in JSON, or CSV if the name ends in .csv.")
    private Path seed;

    @Option(
        names = "--index",
        paramLabel = "N",
        defaultValue = "0",
        description = "Which entry, from 0; default: ${DEFAULT-VALUE}.")
    private long index;

    @Override
    public Integer call() {
      PrintWriter out = spec.commandLine().getOut();
      if (index < 0) {
        throw new UsageException("--index is " + index + ", but entries are counted from 0.");
      }
      return reporting(
          out,
          () -> {
            Checked checked = Checked.of(input);
            checked.print(out);
            Seeds seeds = new Seeds(seed, checked.template(), index);
            if (!seeds.print(out)) {
              return 1;
            }
            if (seeds.wanted == null) {
              throw new UsageException(
                  "--index is %d, but %s has the entries 0 to %d."
                      .formatted(index, seed, seeds.check.entries() - 1));
            }
            print(out, PromptPreview.of(checked.template(), seeds.wanted, input.randomSeed, index));
            checked.printEstimate(out, seeds, input);
            return 0;
          });
    }

    private static void print(PrintWriter out, PromptPreview preview) {
      for (PromptPreview.StepPrompt step : preview.steps()) {
        out.println();
        out.println("--- " + step.stepId() + (step.prompt() == null ? " (skipped)" : ""));
        if (step.prompt() != null) {
          out.println(step.prompt());
        }
      }
      out.println();
      if (preview.category() != null) {
        out.println("Category: " + preview.category());
      }
    }
  }

  private interface Work {
    int run() throws InvalidFileException;
  }

  private static int reporting(PrintWriter out, Work work) {
    try {
      return work.run();
    } catch (InvalidFileException | PromptException e) {
      out.println(e.getMessage());
      return 1;
    }
  }

  private static InvalidFileException invalid(Path file, InvalidTemplateException e) {
    StringBuilder message = new StringBuilder();
    e.problems()
        .forEach(
            problem ->
                message
                    .append(message.isEmpty() ? "" : System.lineSeparator())
                    .append("%s: %s %s".formatted(file, problem.pointer(), problem.message())));
    return new InvalidFileException(message.toString(), e);
  }

  private static UsageException unreadable(Path file, IOException e) {
    return new UsageException(
        e instanceof NoSuchFileException
            ? "There is no file " + file + "."
            : "%s cannot be read: %s".formatted(file, e.getMessage()),
        e);
  }
}
