package io.plotpalette.model.seed;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.plotpalette.model.seed.SeedCheck.Problem;
import io.plotpalette.model.template.CompiledTemplate;
import io.plotpalette.model.template.TemplateJson;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SeedCheckTest {
  private static final String ENTRY = "{\"title\":\"" + "x".repeat(990) + "\"}\n";

  @Test
  void countsEntriesAndDigestsEveryByte() throws IOException {
    SeedCheck check = check("[{\"a\":1},{\"a\":2}]\n\n", null);

    assertThat(check)
        .isEqualTo(
            new SeedCheck(
                2, "f169993ff846c8e6615932187bfa347ec0c2848b8825544259bfa3c12ac2be7a", List.of()));
  }

  @Test
  void namesTheFieldsAnEntryLacks() throws IOException {
    CompiledTemplate template =
        CompiledTemplate.of(
            TemplateJson.read(
                new ObjectMapper()
                    .readTree(
                        """
                        {"name": "t", "steps": [{"id": "a", "prompt": "{{ title }} {{ author.name }}"}]}
                        """)));

    SeedCheck check = check("[{\"title\":1,\"author\":{\"name\":2}},{\"author\":{}}]", template);

    assertThat(check.problems())
        .containsExactly(new Problem(1, 0, 0, "lacks what the template needs: author.name, title"));
    assertThat(check.isReadable()).isTrue();
    assertThat(check.isUsable()).isFalse();
  }

  @Test
  void stopsAtTheFirstThingThatCannotBeRead() throws IOException {
    SeedCheck check = check("[{\"a\":1},\n{]", null);

    assertThat(check.problems()).hasSize(1);
    assertThat(check.problems().get(0).line()).isEqualTo(2);
    assertThat(check.entries()).isEqualTo(1);
  }

  @Test
  void whatEndsTheReadingIsToldHoweverMuchElseIsWrong() throws IOException {
    CompiledTemplate template =
        CompiledTemplate.of(
            TemplateJson.read(
                new ObjectMapper()
                    .readTree(
                        "{\"name\":\"t\",\"steps\":[{\"id\":\"a\",\"prompt\":\"{{ x }}\"}]}")));

    SeedCheck check = check("[" + "{},".repeat(30) + "7]", template);

    assertThat(check.problems()).hasSize(SeedCheck.MAX_PROBLEMS);
    assertThat(check.problems().get(SeedCheck.MAX_PROBLEMS - 1).reason())
        .isEqualTo("must be an object");
  }

  @Test
  void nothingToMakeRecordsFromIsAProblem() throws IOException {
    assertThat(check("[]", null).problems())
        .containsExactly(new Problem(0, 1, 1, "there is no entry"));
  }

  /** Two hundred megabytes, in a JVM whose heap holds a fifth of them. */
  @Test
  void memoryIsBoundedByAnEntry(@TempDir Path folder) throws Exception {
    Path file = folder.resolve("seeds.json");
    try (Writer writer = Files.newBufferedWriter(file)) {
      for (int i = 0; i < 200_000; i++) {
        writer.append(i == 0 ? '[' : ',').append(ENTRY);
      }
      writer.append(']');
    }
    Process child =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx40m",
                "-cp",
                System.getProperty("java.class.path"),
                LargeFileChild.class.getName(),
                file.toString())
            .redirectErrorStream(true)
            .start();

    String output = new String(child.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

    assertThat(child.waitFor()).as(output).isZero();
    assertThat(output).contains("200000 entries, problems: []");
  }

  /** Reads a large file and says how many entries it has. */
  static final class LargeFileChild {
    private LargeFileChild() {}

    public static void main(String[] args) throws IOException {
      try (InputStream in = Files.newInputStream(Path.of(args[0]))) {
        SeedCheck check = SeedCheck.run(in, SeedFormat.JSON, null);
        System.out.println(check.entries() + " entries, problems: " + check.problems());
      }
    }
  }

  private static SeedCheck check(String text, CompiledTemplate template) throws IOException {
    return SeedCheck.run(
        new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)), SeedFormat.JSON, template);
  }
}
