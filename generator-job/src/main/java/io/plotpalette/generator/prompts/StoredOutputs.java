package io.plotpalette.generator.prompts;

import io.plotpalette.generator.journal.CallId;
import io.plotpalette.generator.journal.Output;
import io.plotpalette.model.job.JobPaths;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import org.apache.flink.core.fs.FileSystem;
import org.apache.flink.core.fs.FileSystem.WriteMode;
import org.apache.flink.core.fs.Path;

/** Outputs that are too long for the call journal, one object each. Every method may take long. */
final class StoredOutputs {
  private final Path bucket;
  private final String folder;

  StoredOutputs(Path bucket, String jobId) {
    this.bucket = bucket;
    this.folder = JobPaths.storedOutputs(jobId);
  }

  /** No other call has the same key, so nothing that counts is overwritten. */
  Output.Stored write(CallId call, String text) throws IOException {
    String key = "%s/%d-%d-%d.txt".formatted(folder, call.record(), call.step(), call.attempt());
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    Path path = new Path(bucket, key);
    try (OutputStream out = FileSystem.get(path.toUri()).create(path, WriteMode.OVERWRITE)) {
      out.write(bytes);
    }
    return new Output.Stored(key, bytes.length);
  }

  String read(Output output) throws IOException {
    if (output instanceof Output.Inline inline) {
      return inline.text();
    }
    Path path = new Path(bucket, ((Output.Stored) output).key());
    try (InputStream in = FileSystem.get(path.toUri()).open(path)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
