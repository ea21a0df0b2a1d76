package io.plotpalette.generator;

import static org.assertj.core.api.Assertions.assertThat;

import io.plotpalette.generator.operators.JobCommand;
import io.plotpalette.generator.operators.OutputLine;
import io.plotpalette.generator.operators.StoppedRun;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.apache.flink.api.common.serialization.SerializerConfigImpl;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.graph.StreamNode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class DatasetGenerationPipelineTest {
  private static final Map<String, String> SETTINGS =
      Map.of(
          "jobs-table", "jobs",
          "templates-table", "templates",
          "call-journal-table", "journal",
          "cost-tracking-table", "costs",
          "runs-table", "runs",
          "bucket-uri", "file:///bucket",
          "region", "us-east-1",
          "run-parallelism", "3");

  private static StreamExecutionEnvironment connected() {
    Configuration configuration = new Configuration();
    configuration.set(PipelineOptions.AUTO_GENERATE_UIDS, false);
    StreamExecutionEnvironment env =
        StreamExecutionEnvironment.getExecutionEnvironment(configuration);
    DatasetGenerationJob.connect(env, GeneratorJobConfig.read(SETTINGS::get));
    return env;
  }

  @Test
  void everyOperatorHasItsPinnedUid() {
    TreeSet<String> uids = new TreeSet<>();
    for (StreamNode node : connected().getStreamGraph().getStreamNodes()) {
      uids.add(String.valueOf(node.getTransformationUID()));
    }

    // State is found by these names: changing one loses it.
    assertThat(uids)
        .containsExactly(
            "Sink Committer: outputs",
            "costs",
            "export",
            "export-runs",
            "job-events",
            "job-events-filter",
            "outputs",
            "progress",
            "run",
            "schedule");
  }

  @Test
  void thereIsOneScheduleHoweverManyRun() {
    for (StreamNode node : connected().getStreamGraph().getStreamNodes()) {
      if (node.getOperatorName().equals("schedule")) {
        assertThat(node.getParallelism()).isEqualTo(1);
      }
      if (node.getOperatorName().equals("run")) {
        assertThat(node.getParallelism()).isEqualTo(3);
      }
    }
  }

  static Stream<TypeInformation<?>> typesThatTravelOrStay() {
    return Stream.of(
        TypeInformation.of(JobCommand.class),
        TypeInformation.of(OutputLine.class),
        TypeInformation.of(StoppedRun.class));
  }

  @ParameterizedTest
  @MethodSource("typesThatTravelOrStay")
  void nothingThatTravelsOrStaysFallsBackToKryo(TypeInformation<?> type) {
    SerializerConfigImpl withoutKryo =
        new SerializerConfigImpl(new Configuration().set(PipelineOptions.GENERIC_TYPES, false));

    assertThat(type.createSerializer(withoutKryo)).isNotNull();
  }
}
