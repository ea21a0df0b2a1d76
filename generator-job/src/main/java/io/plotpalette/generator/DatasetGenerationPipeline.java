package io.plotpalette.generator;

import io.plotpalette.generator.operators.Connections;
import io.plotpalette.generator.operators.ExportOperator;
import io.plotpalette.generator.operators.ExportOperatorFactory;
import io.plotpalette.generator.operators.ExportOptions;
import io.plotpalette.generator.operators.JobCommand;
import io.plotpalette.generator.operators.JobEvents;
import io.plotpalette.generator.operators.OutputLine;
import io.plotpalette.generator.operators.RunOperator;
import io.plotpalette.generator.operators.RunOperatorFactory;
import io.plotpalette.generator.operators.RunOptions;
import io.plotpalette.generator.operators.ScheduleOperatorFactory;
import io.plotpalette.generator.operators.ScheduleOptions;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;

/**
 * From the news of a job to its dataset; source and sinks are given.
 *
 * <pre>
 * job-events → schedule → run ─┬─ outputs
 *      ▲                       ├─ stopped → export ─┬─ export-runs
 *      │                       ├─ costs ◄───────────┤
 *      └── (table of jobs) ◄───┴─ progress ◄────────┘
 * </pre>
 */
public final class DatasetGenerationPipeline {
  private final Options options;
  private final Connections connections;

  /**
   * How its operators work.
   *
   * @param parallelism of all but the schedule, of which there is one
   */
  record Options(int parallelism, ScheduleOptions schedule, RunOptions run, ExportOptions export) {}

  /** Where each kind of result goes. */
  record Sinks(
      Sink<OutputLine> outputs, Sink<String> progress, Sink<String> costs, Sink<String> exports) {}

  DatasetGenerationPipeline(Options options, Connections connections) {
    this.options = options;
    this.connections = connections;
  }

  void connect(DataStream<String> jobEvents, Sinks sinks) {
    SingleOutputStreamOperator<JobCommand> commands = schedule(jobEvents);
    SingleOutputStreamOperator<OutputLine> lines = run(commands);
    SingleOutputStreamOperator<String> exported = export(lines);

    // In a task of their own: a file that is uploaded would hold up the calls.
    lines
        .sinkTo(sinks.outputs())
        .uid("outputs")
        .name("outputs")
        .setParallelism(options.parallelism())
        .disableChaining();
    sink(lines.getSideOutput(RunOperator.PROGRESS).union(exported), sinks.progress(), "progress");
    sink(
        lines.getSideOutput(RunOperator.COSTS).union(exported.getSideOutput(ExportOperator.COSTS)),
        sinks.costs(),
        "costs");
    sink(exported.getSideOutput(ExportOperator.RUNS), sinks.exports(), "export-runs");
  }

  private SingleOutputStreamOperator<JobCommand> schedule(DataStream<String> jobEvents) {
    return jobEvents
        .filter(jobId -> !jobId.equals(JobEvents.NOTHING))
        .uid("job-events-filter")
        .name("job-events-filter")
        .transform(
            "schedule",
            Types.POJO(JobCommand.class),
            new ScheduleOperatorFactory(options.schedule(), connections))
        .uid("schedule")
        .setParallelism(1);
  }

  private SingleOutputStreamOperator<OutputLine> run(DataStream<JobCommand> commands) {
    return commands
        .keyBy(command -> command.jobId)
        .transform(
            "run", Types.POJO(OutputLine.class), new RunOperatorFactory(options.run(), connections))
        .uid("run")
        .setParallelism(options.parallelism());
  }

  private SingleOutputStreamOperator<String> export(SingleOutputStreamOperator<OutputLine> lines) {
    return lines
        .getSideOutput(RunOperator.STOPPED)
        .keyBy(run -> run.jobId)
        .transform("export", Types.STRING, new ExportOperatorFactory(options.export()))
        .uid("export")
        .setParallelism(options.parallelism());
  }

  private void sink(DataStream<String> rows, Sink<String> sink, String name) {
    rows.sinkTo(sink).uid(name).name(name).setParallelism(options.parallelism());
  }
}
