package io.plotpalette.infra;

import java.util.List;
import java.util.Objects;
import java.util.function.UnaryOperator;
import software.amazon.awscdk.RemovalPolicy;
import software.amazon.awscdk.services.logs.RetentionDays;

/**
 * One deployment of the product: all in which dev, staging and prod differ.
 *
 * @param name part of every physical name
 * @param privateNetwork whether the streaming application runs in private subnets; without, no
 *     network is made and its idle cost is saved
 * @param customerManagedKey whether bucket and tables are encrypted with a key of the account
 * @param flexibleArchive whether datasets move to the archive class that is cheaper but has to be
 *     restored from, instead of the one that is read at once
 * @param keepsData whether data outlives its stack and tables refuse to be deleted
 * @param logRetention of functions, access and the application
 * @param requestsPerSecond of all callers together, before the gateway answers 429
 * @param requestBurst how many requests may come at once
 * @param scanLimitGigabytes what one question to the lake may read before Athena cancels it
 * @param corsOrigins origins whose pages may call the API
 * @param owner value of the tag {@code Owner}
 * @param costCenter value of the tag {@code CostCenter}
 */
public record Stage(
    String name,
    boolean privateNetwork,
    boolean customerManagedKey,
    boolean flexibleArchive,
    boolean keepsData,
    RetentionDays logRetention,
    int requestsPerSecond,
    int requestBurst,
    int scanLimitGigabytes,
    List<String> corsOrigins,
    String owner,
    String costCenter) {

  public static final List<String> NAMES = List.of("dev", "staging", "prod");

  public Stage {
    Objects.requireNonNull(name, "name");
    corsOrigins = List.copyOf(corsOrigins);
  }

  /**
   * Reads a stage from the CDK context.
   *
   * @throws IllegalArgumentException naming the context key and what it accepts
   */
  public static Stage read(UnaryOperator<String> context) {
    String name = context.apply("stage");
    if (name == null || !NAMES.contains(name)) {
      throw new IllegalArgumentException(
          "context key 'stage' is %s, but must be one of %s: cdk synth --context stage=dev"
              .formatted(name, String.join(", ", NAMES)));
    }
    boolean isProd = name.equals("prod");
    boolean isDev = name.equals("dev");
    return new Stage(
        name,
        flag(context, "private-network", !isDev),
        flag(context, "customer-managed-key", isProd),
        flag(context, "flexible-archive", false),
        !isDev,
        isProd
            ? RetentionDays.THREE_MONTHS
            : isDev ? RetentionDays.ONE_WEEK : RetentionDays.ONE_MONTH,
        isDev ? 50 : 1_000,
        isDev ? 100 : 2_000,
        wholeNumber(context, "scan-limit-gb", isDev ? 10 : 100),
        origins(context.apply("cors-origins"), isDev),
        text(context, "owner", "plot-palette"),
        text(context, "cost-center", "plot-palette-" + name));
  }

  /** What becomes of data when its stack is deleted. */
  RemovalPolicy removalOfData() {
    return keepsData ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY;
  }

  /** A physical name, for example {@code plot-palette-dev-tasks}. */
  String physicalName(String what) {
    return "plot-palette-" + name + "-" + what;
  }

  private static List<String> origins(String given, boolean isDev) {
    if (given != null) {
      return List.of(given.split(",", -1));
    }
    return isDev ? List.of("http://localhost:3000") : List.of();
  }

  private static boolean flag(UnaryOperator<String> context, String key, boolean otherwise) {
    String given = text(context, key, Boolean.toString(otherwise));
    if (!given.equals("true") && !given.equals("false")) {
      throw new IllegalArgumentException(
          "context key '%s' is '%s', but must be true or false".formatted(key, given));
    }
    return given.equals("true");
  }

  private static int wholeNumber(UnaryOperator<String> context, String key, int otherwise) {
    String given = text(context, key, Integer.toString(otherwise));
    if (!given.matches("[1-9][0-9]{0,5}")) {
      throw new IllegalArgumentException(
          "context key '%s' is '%s', but must be a whole number, at least 1".formatted(key, given));
    }
    return Integer.parseInt(given);
  }

  private static String text(UnaryOperator<String> context, String key, String otherwise) {
    String given = context.apply(key);
    return given == null ? otherwise : given;
  }
}
