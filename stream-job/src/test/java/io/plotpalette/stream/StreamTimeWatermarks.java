package io.plotpalette.stream;

import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.flink.api.common.eventtime.Watermark;
import org.apache.flink.api.common.eventtime.WatermarkGenerator;
import org.apache.flink.api.common.eventtime.WatermarkOutput;

/** Two minutes behind the stream's time of the newest record, as the real source's. */
final class StreamTimeWatermarks implements WatermarkGenerator<byte[]> {
  private static final Pattern TIME = Pattern.compile("\"ApproximateCreationDateTime\":(\\d+)");

  @Override
  public void onEvent(byte[] record, long timestamp, WatermarkOutput output) {
    Matcher time = TIME.matcher(new String(record, StandardCharsets.UTF_8));
    if (time.find()) {
      output.emitWatermark(new Watermark(Long.parseLong(time.group(1)) - 120_000));
    }
  }

  @Override
  public void onPeriodicEmit(WatermarkOutput output) {
    // Only records move it.
  }
}
