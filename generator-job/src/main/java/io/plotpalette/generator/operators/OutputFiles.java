package io.plotpalette.generator.operators;

import io.plotpalette.model.job.JobPaths;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import org.apache.flink.api.common.serialization.Encoder;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.connector.file.sink.FileSink;
import org.apache.flink.core.fs.Path;
import org.apache.flink.core.io.SimpleVersionedSerializer;
import org.apache.flink.streaming.api.functions.sink.filesystem.BucketAssigner;
import org.apache.flink.streaming.api.functions.sink.filesystem.OutputFileConfig;
import org.apache.flink.streaming.api.functions.sink.filesystem.bucketassigners.SimpleVersionedStringSerializer;
import org.apache.flink.streaming.api.functions.sink.filesystem.rollingpolicies.OnCheckpointRollingPolicy;

/**
 * The records of all jobs as an exactly-once file sink: a file is visible once the checkpoint it
 * belongs to has completed.
 */
public final class OutputFiles {
  private OutputFiles() {}

  /**
   * A sink into the folders of the jobs.
   *
   * @param bucketUri what lies above {@code jobs/}
   */
  public static Sink<OutputLine> below(URI bucketUri) {
    return FileSink.forRowFormat(new Path(bucketUri), new LineEncoder())
        .withBucketAssigner(new RunBucketAssigner())
        .withRollingPolicy(OnCheckpointRollingPolicy.build())
        .withOutputFileConfig(
            OutputFileConfig.builder().withPartPrefix("part").withPartSuffix(".jsonl").build())
        .build();
  }

  private static final class LineEncoder implements Encoder<OutputLine> {
    private static final long serialVersionUID = 1L;

    @Override
    public void encode(OutputLine line, OutputStream stream) throws IOException {
      stream.write(line.line.getBytes(StandardCharsets.UTF_8));
      stream.write('\n');
    }
  }

  private static final class RunBucketAssigner implements BucketAssigner<OutputLine, String> {
    private static final long serialVersionUID = 1L;

    @Override
    public String getBucketId(OutputLine line, Context context) {
      return JobPaths.outputs(line.jobId, line.run);
    }

    @Override
    public SimpleVersionedSerializer<String> getSerializer() {
      return SimpleVersionedStringSerializer.INSTANCE;
    }
  }
}
