package io.plotpalette.infra;

import io.github.cdklabs.cdknag.NagPackSuppression;
import io.github.cdklabs.cdknag.NagSuppressions;
import java.util.List;
import software.constructs.Construct;

/** Accepted findings of cdk-nag: always one resource, one rule, one reason. */
final class Suppressions {
  private Suppressions() {}

  static void accept(Construct resource, String rule, String reason) {
    NagSuppressions.addResourceSuppressions(
        resource, List.of(NagPackSuppression.builder().id(rule).reason(reason).build()));
  }
}
