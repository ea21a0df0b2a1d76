package io.plotpalette.infra;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.plotpalette.infra.SynthesizedStage.Resource;
import org.junit.jupiter.api.Test;

/** The way of the writes that are answered before they are done. */
class QueueTest {
  private final SynthesizedStage stage = SynthesizedStage.of("prod");
  private final Resource queue = queue("plot-palette-prod-task-writes");
  private final Resource dead = queue("plot-palette-prod-task-writes-dead");

  @Test
  void whatFailsFiveTimesIsKeptForFourteenDays() {
    JsonNode redrive = queue.properties().path("RedrivePolicy");

    assertThat(redrive.path("maxReceiveCount").asInt()).isEqualTo(5);
    assertThat(TemplateText.of(redrive.path("deadLetterTargetArn")))
        .isEqualTo("${" + dead.id() + ".Arn}");
    assertThat(dead.properties().path("MessageRetentionPeriod").asInt()).isEqualTo(14 * 86_400);
    assertThat(dead.properties().has("RedrivePolicy")).isFalse();
  }

  @Test
  void theDeadLetterQueueIsNamedForThoseWhoLookAfterIt() {
    assertThat(
            stage
                .file("plot-palette-prod-queue.template.json")
                .path("Outputs")
                .path("DeadLetterQueue")
                .path("Value"))
        .isNotEmpty();
  }

  @Test
  void aMessageDoesNotComeAgainWhileItIsWorkedOn() {
    int timeout =
        stage.resources("AWS::Lambda::Function").stream()
            .map(Resource::properties)
            .filter(each -> each.path("FunctionName").asText().endsWith("-task-writes"))
            .findFirst()
            .orElseThrow()
            .path("Timeout")
            .asInt();

    assertThat(timeout).isPositive();
    assertThat(queue.properties().path("VisibilityTimeout").asInt())
        .isGreaterThanOrEqualTo(6 * timeout);
  }

  @Test
  void messagesAreNoLargerThanTheApiMakesThem() {
    assertThat(queue.properties().path("MaximumMessageSize").asInt()).isEqualTo(262_144);
  }

  @Test
  void itsFunctionTakesBatchesAndReportsWhatFailedOfThem() {
    assertThat(stage.resources("AWS::Lambda::EventSourceMapping"))
        .singleElement()
        .satisfies(
            mapping -> {
              JsonNode properties = mapping.properties();
              assertThat(TemplateText.of(properties.path("EventSourceArn"))).contains("TaskWrites");
              assertThat(TemplateText.of(properties.path("FunctionName")))
                  .matches("\\$\\{TaskWritesLive\\w+}\\[6]:live");
              assertThat(properties.path("BatchSize").asInt()).isEqualTo(10);
              assertThat(properties.path("MaximumBatchingWindowInSeconds").asInt()).isEqualTo(1);
              assertThat(TemplateText.each(properties.path("FunctionResponseTypes")))
                  .containsExactly("ReportBatchItemFailures");
              assertThat(properties.at("/ScalingConfig/MaximumConcurrency").asInt()).isEqualTo(10);
            });
  }

  private Resource queue(String name) {
    return stage.resources("AWS::SQS::Queue").stream()
        .filter(each -> each.properties().path("QueueName").asText().equals(name))
        .findFirst()
        .orElseThrow();
  }
}
