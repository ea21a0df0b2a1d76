package io.plotpalette.connector;

import io.plotpalette.connector.sink.DynamoDbSink;
import io.plotpalette.connector.sink.DynamoDbSinkOptions;
import io.plotpalette.connector.sink.DynamoDbWrite;
import io.plotpalette.connector.sink.RefusedItems;
import io.plotpalette.connector.streams.DynamoDbStreamsSource;
import io.plotpalette.connector.streams.StreamRecordJson;
import io.plotpalette.connector.streams.StreamsSourceOptions;
import io.plotpalette.connector.streams.proxy.StreamsClientProvider;
import java.time.Duration;
import java.util.Map;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** The examples of the module's README, so that they compile. */
final class UsageExample {
  private UsageExample() {}

  static DataStream<byte[]> source(StreamExecutionEnvironment env, StreamsClientProvider clients) {
    // README: source
    DynamoDbStreamsSource<byte[]> source =
        DynamoDbStreamsSource.<byte[]>builder()
            .table("plot-palette-dev-tasks") // or .streamArn("arn:aws:dynamodb:…/stream/…")
            .clients(clients) // region, endpoint and credentials are yours
            .deserializer(new StreamRecordJson()) // a record as JSON in UTF-8
            .set(StreamsSourceOptions.WATERMARK_BOUND, Duration.ofMinutes(2))
            .build();
    DataStream<byte[]> changes =
        env.fromSource(source, WatermarkStrategy.noWatermarks(), "task-changes")
            .uid("task-changes");
    // README: end
    return changes;
  }

  static Sink<Progress> sink(DataStream<Progress> progress) {
    // README: sink
    DynamoDbSink<Progress> sink =
        DynamoDbSink.<Progress>builder()
            .setTableName("plot-palette-dev-jobs")
            .setRegion("eu-west-1")
            .setElementConverter(
                row ->
                    DynamoDbWrite.putIf(
                        row.item(),
                        "attribute_exists(#id) AND #seq < :seq",
                        Map.of("#id", "job_id", "#seq", "seq"),
                        Map.of(":seq", AttributeValue.fromN(Long.toString(row.seq())))))
            .set(DynamoDbSinkOptions.REFUSED_ITEMS, RefusedItems.DROP)
            .build();
    progress.keyBy(Progress::jobId).sinkTo(sink).uid("progress");
    // README: end
    return sink;
  }

  /** A row of somebody's table. */
  record Progress(String jobId, long seq) {

    Map<String, AttributeValue> item() {
      return Map.of(
          "job_id", AttributeValue.fromS(jobId), "seq", AttributeValue.fromN(Long.toString(seq)));
    }
  }
}
