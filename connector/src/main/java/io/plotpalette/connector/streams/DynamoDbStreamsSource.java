package io.plotpalette.connector.streams;

import io.plotpalette.connector.streams.proxy.StreamProxyProvider;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.connector.source.Boundedness;
import org.apache.flink.api.connector.source.Source;
import org.apache.flink.api.connector.source.SourceReader;
import org.apache.flink.api.connector.source.SourceReaderContext;
import org.apache.flink.api.connector.source.SplitEnumerator;
import org.apache.flink.api.connector.source.SplitEnumeratorContext;
import org.apache.flink.api.java.typeutils.ResultTypeQueryable;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.core.io.SimpleVersionedSerializer;

/**
 * The changes of a DynamoDB table from its stream: each once in Flink's state, those of one key in
 * order. Elements carry the stream's creation time, and the source emits the watermarks: use it
 * with {@code WatermarkStrategy.noWatermarks()}.
 */
public final class DynamoDbStreamsSource<T>
    implements Source<T, StreamShardSplit, StreamEnumeratorState>, ResultTypeQueryable<T> {
  private static final long serialVersionUID = 1L;

  private final String table;
  private final String streamArn;
  private final StreamProxyProvider proxies;
  private final StreamRecordDeserializer<T> deserializer;
  private final Configuration options;
  private final Clock clock;

  DynamoDbStreamsSource(
      String table,
      String streamArn,
      StreamProxyProvider proxies,
      StreamRecordDeserializer<T> deserializer,
      Configuration options,
      Clock clock) {
    this.table = table;
    this.streamArn = streamArn;
    this.proxies = proxies;
    this.deserializer = deserializer;
    this.options = options;
    this.clock = clock;
  }

  public static <T> DynamoDbStreamsSourceBuilder<T> builder() {
    return new DynamoDbStreamsSourceBuilder<>();
  }

  @Override
  public Boundedness getBoundedness() {
    return Boundedness.CONTINUOUS_UNBOUNDED;
  }

  @Override
  public SplitEnumerator<StreamShardSplit, StreamEnumeratorState> createEnumerator(
      SplitEnumeratorContext<StreamShardSplit> context) {
    return restoreEnumerator(
        context,
        new StreamEnumeratorState(streamArn, false, List.of(), Map.of(), WatermarkLedger.NONE));
  }

  @Override
  public SplitEnumerator<StreamShardSplit, StreamEnumeratorState> restoreEnumerator(
      SplitEnumeratorContext<StreamShardSplit> context, StreamEnumeratorState state) {
    return new DynamoDbStreamsEnumerator(context, table, proxies.create(), options, clock, state);
  }

  @Override
  public SourceReader<T, StreamShardSplit> createReader(SourceReaderContext context) {
    return DynamoDbStreamsReader.create(context, proxies, deserializer, options, clock);
  }

  @Override
  public SimpleVersionedSerializer<StreamShardSplit> getSplitSerializer() {
    return new StreamShardSplitSerializer();
  }

  @Override
  public SimpleVersionedSerializer<StreamEnumeratorState> getEnumeratorCheckpointSerializer() {
    return new StreamEnumeratorStateSerializer();
  }

  @Override
  public TypeInformation<T> getProducedType() {
    return deserializer.getProducedType();
  }
}
