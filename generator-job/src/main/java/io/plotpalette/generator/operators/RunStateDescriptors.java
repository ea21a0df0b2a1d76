package io.plotpalette.generator.operators;

import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.PrimitiveArrayTypeInfo;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;

/** The state of a job in {@code run}, one descriptor a part. The names are kept for ever. */
final class RunStateDescriptors {
  private static final TypeInformation<byte[]> BYTES =
      PrimitiveArrayTypeInfo.BYTE_PRIMITIVE_ARRAY_TYPE_INFO;

  /** The job was started and is not over; there may be nothing else yet. */
  static final ValueStateDescriptor<Boolean> LIVE =
      new ValueStateDescriptor<>("live", Types.BOOLEAN);

  static final ValueStateDescriptor<String> PLAN = new ValueStateDescriptor<>("plan", Types.STRING);
  static final ValueStateDescriptor<byte[]> HEAD = new ValueStateDescriptor<>("head", BYTES);
  static final ValueStateDescriptor<byte[]> MONEY = new ValueStateDescriptor<>("money", BYTES);
  static final ValueStateDescriptor<byte[]> COUNTERS =
      new ValueStateDescriptor<>("counters", BYTES);

  /** Begun and not finished, by index. */
  static final MapStateDescriptor<Long, byte[]> RECORDS =
      new MapStateDescriptor<>("records", Types.LONG, BYTES);

  /** Finished, and not yet a line: by index. */
  static final MapStateDescriptor<Long, byte[]> LEAVING =
      new MapStateDescriptor<>("leaving", Types.LONG, BYTES);

  /** Milliseconds of a machine, and operations on the object store. */
  static final ValueStateDescriptor<Long> COMPUTE_MILLIS =
      new ValueStateDescriptor<>("compute-millis", Types.LONG);

  static final ValueStateDescriptor<Long> OBJECT_OPERATIONS =
      new ValueStateDescriptor<>("object-operations", Types.LONG);

  private RunStateDescriptors() {}
}
