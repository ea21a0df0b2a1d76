package io.plotpalette.generator.operators;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.plotpalette.generator.operators.Connections.Stores;
import io.plotpalette.model.job.JobJson;
import io.plotpalette.model.job.JobProgress;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.api.connector.sink2.SinkWriter;
import org.apache.flink.api.connector.sink2.WriterInitContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Progress into the table of jobs. Of each job one write is under way, and of what comes meanwhile
 * only the newest is kept; a checkpoint waits until all is written.
 */
public final class ProgressSink implements Sink<String> {
  private static final long serialVersionUID = 1L;

  private final Connections connections;

  public ProgressSink(Connections connections) {
    this.connections = connections;
  }

  @Override
  public SinkWriter<String> createWriter(WriterInitContext context) {
    return new Writer(connections.stores());
  }

  private static final class Writer implements SinkWriter<String> {
    private static final Logger LOG = LoggerFactory.getLogger(ProgressSink.class);
    private static final ObjectMapper MAPPER = new ObjectMapper();

    private final Stores stores;

    /** By job with a write under way, what is to be written next; null values for nothing. */
    private final Map<String, JobProgress> next = new HashMap<>();

    private Throwable failure;

    Writer(Stores stores) {
      this.stores = stores;
    }

    @Override
    public synchronized void write(String json, Context context) throws IOException {
      rethrow();
      JobProgress progress;
      try {
        progress = JobJson.readProgress(MAPPER.readTree(json));
      } catch (JsonProcessingException e) {
        throw new IllegalStateException("the progress of a job is no JSON", e);
      }
      if (!next.containsKey(progress.jobId())) {
        send(progress);
      } else {
        JobProgress waiting = next.get(progress.jobId());
        if (waiting == null || waiting.seq() < progress.seq()) {
          next.put(progress.jobId(), progress);
        }
      }
    }

    private void send(JobProgress progress) {
      next.put(progress.jobId(), null);
      var unused =
          stores
              .jobs()
              .write(progress)
              .whenComplete((written, thrown) -> written(progress, written, thrown));
    }

    private synchronized void written(JobProgress progress, Boolean written, Throwable thrown) {
      if (thrown != null) {
        failure = thrown;
      } else if (!written) {
        LOG.info(
            "progress {} of job {} is not written: the job is gone, over, or further",
            progress.seq(),
            progress.jobId());
      }
      JobProgress waiting = next.remove(progress.jobId());
      if (waiting != null && failure == null) {
        send(waiting);
      }
      notifyAll();
    }

    @Override
    public synchronized void flush(boolean endOfInput) throws IOException, InterruptedException {
      while (failure == null && !next.isEmpty()) {
        wait();
      }
      rethrow();
    }

    private void rethrow() throws IOException {
      if (failure != null) {
        throw new IOException("progress cannot be written", failure);
      }
    }

    @Override
    public void close() {
      stores.close();
    }
  }
}
