package io.plotpalette.local.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.plotpalette.model.template.Samples;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class TemplateCommandTest {
  @TempDir private Path folder;
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @Test
  void checkSaysWhatTheStoryTemplateNeeds() throws IOException {
    assertThat(run("check", sample("sample-templates/story.json"))).isZero();

    assertThat(out.toString())
        .startsWith("Outline, story, summary\n  1. outline: ")
        .contains("llama", "  3. summary: ", "at most 150 tokens of text")
        .contains(
            "Required fields: author.biography, author.genre, author.name, day.notes, poem.text\n")
        .endsWith("Optional fields: none\n");
  }

  @Test
  void checkWithSeedDataAddsTheEstimate() throws IOException {
    assertThat(
            run(
                "check",
                sample("sample-templates/story.json"),
                "--seed",
                sample("sample-datasets/poetry/poems.json"),
                "--records",
                "1000"))
        .isZero();

    assertThat(out.toString())
        .containsPattern("expand +1000 +\\d+ +750000 +\\d+\\.\\d+ +\\d+\\.\\d+")
        .containsPattern("1000 records: \\d+\\.\\d+ USD expected, \\d+\\.\\d+ at worst; prices of");
  }

  @Test
  void everyProblemOfATemplateIsNamed() throws IOException {
    String template =
        file(
            "broken.json",
            """
            {"name": "n", "steps": [
              {"id": "a", "model": "llama-3.1-8b", "prompt": "one\\n{{ a. }}"},
              {"id": "b", "prompt": "{{ steps.c.output }}"}]}
            """);

    assertThat(run("check", template)).isEqualTo(1);

    assertThat(out.toString().lines())
        .hasSize(2)
        .anyMatch(line -> line.contains("broken.json: /steps/0/prompt line 2, column "))
        .anyMatch(line -> line.contains("/steps/1/prompt line 1: there is no step 'c'"));
  }

  @Test
  void aModelThatDoesNotExistIsAProblemOfItsStep() throws IOException {
    String template =
        file(
            "t.json",
            "{\"name\": \"n\", \"steps\": [{\"id\": \"a\", \"model\": \"lama\", \"prompt\": \"p\"}]}");

    assertThat(run("check", template)).isEqualTo(1);
    assertThat(out.toString()).contains("/steps/0/model there is no model 'lama'");
  }

  @Test
  void whatIsNoJsonIsToldWithItsPlace() throws IOException {
    assertThat(run("check", file("t.json", "{\n\"name\" 1}"))).isEqualTo(1);
    assertThat(out.toString()).contains("is not JSON: line 2, column 8");
  }

  @Test
  void renderShowsEachPromptOfTheEntry() throws IOException {
    String template =
        file(
            "t.json",
            """
            {"name": "Bees", "category": "kind", "steps": [
              {"id": "ask", "prompt": "Ask about {{ topic }}."},
              {"id": "more", "prompt": "More", "skip_when": "topic == 'wasps'"},
              {"id": "answer", "prompt": "Answer {{ steps.ask.output }}"}]}
            """);

    assertThat(run("render", template, "--seed", file("s.csv", CSV), "--index", "1")).isZero();

    assertThat(out.toString())
        .contains("--- ask\nAsk about wasps.\n\n--- more (skipped)\n")
        .contains("--- answer\nAnswer <output of ask>\n\nCategory: insects\n")
        .contains("2 records: ");
  }

  private static final String CSV = "topic,kind\nbees,insects\nwasps,insects\n";

  @Test
  void entriesThatLackFieldsAreNamed() throws IOException {
    String template =
        file(
            "t.json",
            "{\"name\": \"n\", \"steps\": [{\"id\": \"a\", \"prompt\": \"{{ author.name }}\"}]}");
    String seed = file("s.json", "[{\"author\": {\"name\": \"A\"}}, {\"author\": {}}]");

    assertThat(run("render", template, "--seed", seed)).isEqualTo(1);
    assertThat(out.toString())
        .contains("s.json: entry 1: lacks what the template needs: author.name");
  }

  @Test
  void brokenSeedDataIsToldWithItsPlace() throws IOException {
    String seed = file("s.json", "[{\"a\": 1},\n{\"a\" 2}]");

    assertThat(run("check", sample("sample-templates/story.json"), "--seed", seed)).isEqualTo(1);
    assertThat(out.toString()).contains("s.json: entry 1 (line 2, column ");
  }

  @Test
  void anIndexBeyondTheLastEntryIsAUsageError() throws IOException {
    String template =
        file("t.json", "{\"name\": \"n\", \"steps\": [{\"id\": \"a\", \"prompt\": \"p\"}]}");

    assertThat(run("render", template, "--seed", file("s.csv", CSV), "--index", "2")).isEqualTo(2);
    assertThat(err.toString()).contains("--index is 2", "has the entries 0 to 1");
  }

  @Test
  void aFileThatIsNotThereIsAUsageError() {
    assertThat(run("check", folder.resolve("none.json").toString())).isEqualTo(2);
    assertThat(err.toString()).contains("There is no file");
  }

  @Test
  void anotherCatalogueReplacesThePricesOfTheProduct() throws IOException {
    assertThat(
            run("check", sample("sample-templates/story.json"), "--catalogue", file("c.json", "{")))
        .isEqualTo(2);
    assertThat(err.toString()).contains("c.json");
  }

  private String sample(String path) throws IOException {
    Path file = folder.resolve(Path.of(path).getFileName().toString());
    return Files.write(file, Samples.read(path)).toString();
  }

  private String file(String name, String content) throws IOException {
    return Files.writeString(folder.resolve(name), content).toString();
  }

  private int run(String command, String... arguments) {
    CommandLine palette = PaletteCommand.commandLine();
    palette.setOut(new PrintWriter(out, true));
    palette.setErr(new PrintWriter(err, true));
    String[] all = new String[arguments.length + 2];
    all[0] = "template";
    all[1] = command;
    System.arraycopy(arguments, 0, all, 2, arguments.length);
    return palette.execute(all);
  }
}
