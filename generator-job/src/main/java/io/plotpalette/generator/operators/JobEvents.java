package io.plotpalette.generator.operators;

import io.plotpalette.connector.streams.StreamRecordDeserializer;
import io.plotpalette.connector.streams.proxy.AttributeValue;
import io.plotpalette.connector.streams.proxy.StreamRecord;
import io.plotpalette.model.job.JobAttribute;
import java.util.Map;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;

/**
 * Which job to look at again, of a change in the table of jobs: the id of one that is new, was
 * stopped by its user, has changed its state or is gone. What does not matter, such as the progress
 * of every second, is {@link #NOTHING}.
 */
public final class JobEvents implements StreamRecordDeserializer<String> {
  private static final long serialVersionUID = 1L;

  public static final String NOTHING = "";

  @Override
  public String deserialize(StreamRecord record) {
    String jobId = text(record.keys(), JobAttribute.JOB_ID);
    return jobId == null || !matters(record) ? NOTHING : jobId;
  }

  private static boolean matters(StreamRecord record) {
    return record.newImage() == null
        || record.oldImage() == null
        || changed(record, JobAttribute.STATE)
        || changed(record, JobAttribute.CANCEL_REQUESTED_AT);
  }

  private static boolean changed(StreamRecord record, String attribute) {
    String before = text(record.oldImage(), attribute);
    String after = text(record.newImage(), attribute);
    return before == null ? after != null : !before.equals(after);
  }

  private static String text(Map<String, AttributeValue> item, String attribute) {
    AttributeValue value = item == null ? null : item.get(attribute);
    return value != null && value.value() instanceof String text ? text : null;
  }

  @Override
  public TypeInformation<String> getProducedType() {
    return Types.STRING;
  }
}
