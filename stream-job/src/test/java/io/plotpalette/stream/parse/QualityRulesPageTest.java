package io.plotpalette.stream.parse;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** Keeps {@code docs/quality-rules.md} what the code says. */
class QualityRulesPageTest {
  private static final Path PAGE = Path.of("../docs/quality-rules.md");
  private static final Path GENERATED = Path.of("target/quality-rules.md");

  @Test
  void listsEveryRuleAsItIs() throws Exception {
    StringBuilder page =
        new StringBuilder(
            """
            # Quality rules

            Made from the rules in the code (`QualityRule`). After a change, `mvn verify` fails and leaves the new page in
            `stream-job/target/quality-rules.md`: copy it here.

            A task change that breaks a rule goes to `lake/quarantine/task_changes` with the rule's id, the reason and the record as it came, is counted, and stops nothing. The first rule broken in this
            order of reading is the one that is named. The counter of a rule is `kinesisanalytics.rejected.<rule>` of the operators `parse` and, for `late`, `transitions` and the windows.

            | rule | what holds | usual cause of a break |
            |---|---|---|
            """);
    for (QualityRule rule : QualityRule.values()) {
      page.append("| `%s` | %s | %s |\n".formatted(rule.id(), rule.meaning(), rule.usualCause()));
    }
    page.append(
        """

        - The old image of a change was judged when it was written: what it breaks does not keep its correction out. Its status or version, where they cannot be read, count as unknown: the version
          step is then not checked, and the change counts as if the task had had no status before. So after a rejected change `open_delta` of a user can be off by one; `verify` names such tasks.
        - Attributes the contract does not know are left aside.
        - A record that is corrected in the table passes with its next write. One that was rejected by a rule that was wrong is brought in by a replay of the quarantine.
        """);
    Files.createDirectories(GENERATED.getParent());
    Files.writeString(GENERATED, page);

    assertThat(PAGE).hasSameTextualContentAs(GENERATED);
  }

  @Test
  void idsAreMetricNames() {
    assertThat(QualityRule.values()).extracting(QualityRule::id).doesNotHaveDuplicates();
    assertThat(QualityRule.values())
        .allSatisfy(rule -> assertThat(rule.id()).matches("[a-z]+(-[a-z]+)*"));
  }
}
