package io.plotpalette.generator;

import io.plotpalette.model.setting.DatasetGenerationKeys;
import java.util.Map;
import java.util.Properties;
import java.util.function.UnaryOperator;
import org.apache.flink.util.ParameterTool;

/** Where the job's settings come from. */
final class JobSettings {
  private JobSettings() {}

  /**
   * Looks a key up in the arguments, then in the property group of the job.
   *
   * @param groups by name; empty outside the managed service
   */
  static UnaryOperator<String> of(String[] args, Map<String, Properties> groups) {
    ParameterTool arguments = ParameterTool.fromArgs(args);
    Properties group = groups.getOrDefault(DatasetGenerationKeys.GROUP, new Properties());
    return key -> arguments.get(key, group.getProperty(key));
  }
}
