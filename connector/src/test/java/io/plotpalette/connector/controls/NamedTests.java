package io.plotpalette.connector.controls;

import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.platform.engine.FilterResult;
import org.junit.platform.engine.TestDescriptor;
import org.junit.platform.engine.support.descriptor.MethodSource;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.PostDiscoveryFilter;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;
import org.junit.platform.launcher.listeners.TestExecutionSummary;

/** Runs tests named on the command line, in a process of its own. */
final class NamedTests {
  static final int PASSED = 0;
  static final int FAILED = 3;
  private static final int NOTHING_RAN = 4;
  private static final String ROOT = "io.plotpalette.connector.";

  private NamedTests() {}

  public static void main(String[] tests) {
    Map<String, Set<String>> methods =
        Arrays.stream(tests)
            .map(test -> test.split("#"))
            .collect(
                Collectors.groupingBy(
                    parts -> ROOT + parts[0],
                    Collectors.mapping(parts -> parts[1], Collectors.toSet())));
    LauncherDiscoveryRequest request =
        LauncherDiscoveryRequestBuilder.request()
            .selectors(methods.keySet().stream().map(name -> selectClass(name)).toList())
            .filters(
                (PostDiscoveryFilter)
                    descriptor -> FilterResult.includedIf(isNamed(descriptor, methods)))
            .build();
    SummaryGeneratingListener listener = new SummaryGeneratingListener();
    LauncherFactory.create().execute(request, listener);
    TestExecutionSummary summary = listener.getSummary();
    summary.printTo(new PrintWriter(System.out, true, StandardCharsets.UTF_8));
    summary.printFailuresTo(new PrintWriter(System.out, true, StandardCharsets.UTF_8));
    // Threads of clusters and servers may stay.
    System.exit(outcome(summary, tests.length));
  }

  private static int outcome(TestExecutionSummary summary, int expected) {
    if (summary.getTestsFoundCount() < expected) {
      return NOTHING_RAN;
    }
    return summary.getTotalFailureCount() > 0 ? FAILED : PASSED;
  }

  private static boolean isNamed(TestDescriptor descriptor, Map<String, Set<String>> methods) {
    return descriptor
        .getSource()
        .filter(MethodSource.class::isInstance)
        .map(MethodSource.class::cast)
        .map(
            source ->
                methods
                    .getOrDefault(source.getClassName(), Set.of())
                    .contains(source.getMethodName()))
        .orElse(true);
  }
}
