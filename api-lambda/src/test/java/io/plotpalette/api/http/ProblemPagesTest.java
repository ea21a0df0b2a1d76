package io.plotpalette.api.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Every type of problem has a page, every page is of a type. */
class ProblemPagesTest {
  private static final Path PAGES = Path.of("..", "docs", "problems");
  private static final String INDEX = "README.md";

  @ParameterizedTest
  @EnumSource
  void aPageSaysWhatTheTypeIs(ProblemType type) throws IOException {
    List<String> lines = Files.readAllLines(PAGES.resolve(page(type)));

    assertThat(lines)
        .contains("# " + type.title(), "`%s` · status %d".formatted(type.uri(), type.status()))
        .anyMatch(line -> line.startsWith("**Meaning.** "))
        .anyMatch(line -> line.startsWith("**What to do.** "));
  }

  @ParameterizedTest
  @EnumSource
  void theIndexNamesEveryType(ProblemType type) throws IOException {
    String name = page(type).replace(".md", "");

    assertThat(Files.readAllLines(PAGES.resolve(INDEX)))
        .contains("| [%s](%s.md) | %d | %s |".formatted(name, name, type.status(), type.title()));
  }

  @Test
  void noPageIsLeftOfATypeThatIsGone() throws IOException {
    try (Stream<Path> pages = Files.list(PAGES)) {
      assertThat(pages.map(page -> page.getFileName().toString()))
          .containsExactlyInAnyOrderElementsOf(
              Stream.concat(
                      Stream.of(INDEX),
                      Arrays.stream(ProblemType.values()).map(ProblemPagesTest::page))
                  .toList());
    }
  }

  @Test
  void theExamplesOfTheContractAreOfTypesThereAre() {
    List<String> types =
        ApiContract.packaged().root().findValuesAsText("type").stream()
            .filter(type -> type.startsWith("urn:"))
            .toList();

    assertThat(types)
        .isNotEmpty()
        .isSubsetOf(Arrays.stream(ProblemType.values()).map(ProblemType::uri).toList());
  }

  private static String page(ProblemType type) {
    return type.uri().replace("urn:plot-palette:problem:", "") + ".md";
  }
}
