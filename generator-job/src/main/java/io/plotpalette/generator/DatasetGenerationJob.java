package io.plotpalette.generator;

import com.amazonaws.services.kinesisanalytics.runtime.KinesisAnalyticsRuntime;
import io.plotpalette.connector.sink.DynamoDbSink;
import io.plotpalette.connector.sink.DynamoDbSinkOptions;
import io.plotpalette.connector.sink.DynamoDbWriteConverter;
import io.plotpalette.connector.sink.RefusedItems;
import io.plotpalette.connector.streams.DynamoDbStreamsSource;
import io.plotpalette.connector.streams.StreamsSourceOptions;
import io.plotpalette.generator.operators.Connections;
import io.plotpalette.generator.operators.ExportRun;
import io.plotpalette.generator.operators.JobEvents;
import io.plotpalette.generator.operators.OutputFiles;
import io.plotpalette.generator.operators.ProgressSink;
import io.plotpalette.generator.tables.CostRow;
import io.plotpalette.model.job.JobAttribute;
import io.plotpalette.model.setting.DatasetGenerationKeys;
import io.plotpalette.model.table.RunAttribute;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/** Datasets from language models; see {@link DatasetGenerationPipeline}. */
public final class DatasetGenerationJob {
  public static final String NAME = DatasetGenerationKeys.GROUP;

  private DatasetGenerationJob() {}

  /**
   * Runs the job with settings given as {@code --key value} or, on the managed service, as a
   * property group.
   */
  public static void main(String[] args) throws Exception {
    GeneratorJobConfig config =
        GeneratorJobConfig.read(
            JobSettings.of(args, KinesisAnalyticsRuntime.getApplicationProperties()));
    StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment();
    connect(env, config);
    env.execute(NAME);
  }

  /** Adds source, pipeline and sinks to the environment. */
  public static void connect(StreamExecutionEnvironment env, GeneratorJobConfig config) {
    connect(env, config, new AwsConnections(config));
  }

  /** The same with tables and models reached in another way. */
  static void connect(
      StreamExecutionEnvironment env, GeneratorJobConfig config, Connections connections) {
    env.configure(operatorSettings());
    new DatasetGenerationPipeline(
            new DatasetGenerationPipeline.Options(
                config.runParallelism(), config.schedule(), config.run(), config.export()),
            connections)
        .connect(
            jobEvents(env, config),
            new DatasetGenerationPipeline.Sinks(
                OutputFiles.below(config.resources().bucketUri()),
                new ProgressSink(connections),
                rows(
                    config,
                    config.resources().costTrackingTable(),
                    CostRow::write,
                    JobAttribute.JOB_ID,
                    JobAttribute.PERIOD),
                rows(
                    config,
                    config.resources().runsTable(),
                    ExportRun::write,
                    RunAttribute.RUN_KIND,
                    RunAttribute.RUN_KEY)));
  }

  /**
   * What the operators are written for, wherever they run; the managed service allows both in code.
   * Everything that travels is made anew, so copies between chained operators would only cost; and
   * nothing may fall back to Kryo, least of all state.
   */
  static Configuration operatorSettings() {
    Configuration settings = new Configuration();
    settings.set(PipelineOptions.OBJECT_REUSE, true);
    settings.set(PipelineOptions.GENERIC_TYPES, false);
    return settings;
  }

  private static Sink<String> rows(
      GeneratorJobConfig config,
      String table,
      DynamoDbWriteConverter<String> toItem,
      String... keyAttributes) {
    return DynamoDbSink.<String>builder()
        .setTableName(table)
        .setRegion(config.resources().region())
        .setEndpoint(config.resources().dynamoDbEndpoint())
        .setKeyAttributes(keyAttributes)
        .setElementConverter(toItem)
        // They inform; a row that cannot be written must not stop the jobs.
        .set(DynamoDbSinkOptions.REFUSED_ITEMS, RefusedItems.DROP)
        .build();
  }

  private static DataStream<String> jobEvents(
      StreamExecutionEnvironment env, GeneratorJobConfig config) {
    DynamoDbStreamsSource<String> source =
        DynamoDbStreamsSource.<String>builder()
            .table(config.resources().jobsTable())
            .clients(
                new RegionalClients(
                    config.resources().region(), config.resources().dynamoDbEndpoint()))
            .deserializer(new JobEvents())
            .set(
                StreamsSourceOptions.SHARD_DISCOVERY_INTERVAL, config.reading().discoveryInterval())
            .set(StreamsSourceOptions.POLL_INTERVAL_IDLE, config.reading().idlePollInterval())
            .build();
    return env.fromSource(source, WatermarkStrategy.noWatermarks(), "job-events").uid("job-events");
  }
}
