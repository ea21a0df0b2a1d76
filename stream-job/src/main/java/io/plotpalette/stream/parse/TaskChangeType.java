package io.plotpalette.stream.parse;

import io.plotpalette.model.task.Task;
import io.plotpalette.model.task.TaskChange;
import java.lang.reflect.RecordComponent;
import java.time.LocalDate;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.java.typeutils.TypeExtractor;

/**
 * Flink's type of a task change. Written out because Flink has a serializer for dates but does not
 * find it by itself, and the model knows no Flink.
 */
public final class TaskChangeType {
  private TaskChangeType() {}

  public static TypeInformation<TaskChange> info() {
    return Types.POJO(TaskChange.class, fields(TaskChange.class));
  }

  private static Map<String, TypeInformation<?>> fields(Class<? extends Record> type) {
    Map<String, TypeInformation<?>> fields = new LinkedHashMap<>();
    for (RecordComponent component : type.getRecordComponents()) {
      fields.put(component.getName(), field(component));
    }
    return fields;
  }

  private static TypeInformation<?> field(RecordComponent component) {
    if (component.getType() == LocalDate.class) {
      return Types.LOCAL_DATE;
    }
    if (component.getType() == Task.class) {
      return Types.POJO(Task.class, fields(Task.class));
    }
    return TypeExtractor.createTypeInfo(component.getGenericType());
  }
}
