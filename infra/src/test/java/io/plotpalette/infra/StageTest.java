package io.plotpalette.infra;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;
import software.amazon.awscdk.services.logs.RetentionDays;

class StageTest {
  @Test
  void devIsCheapWhenIdleAndGoesAwayWhole() {
    Stage dev = read(Map.of("stage", "dev"));

    assertThat(dev.privateNetwork()).isFalse();
    assertThat(dev.customerManagedKey()).isFalse();
    assertThat(dev.keepsData()).isFalse();
    assertThat(dev.corsOrigins()).containsExactly("http://localhost:3000");
  }

  @Test
  void prodKeepsItsDataUnderItsOwnKeyInAPrivateNetwork() {
    Stage prod = read(Map.of("stage", "prod"));

    assertThat(prod.privateNetwork()).isTrue();
    assertThat(prod.customerManagedKey()).isTrue();
    assertThat(prod.keepsData()).isTrue();
    assertThat(prod.logRetention()).isEqualTo(RetentionDays.THREE_MONTHS);
    assertThat(prod.corsOrigins()).isEmpty();
  }

  @Test
  void everySwitchCanBeGiven() {
    Stage dev =
        read(
            Map.of(
                "stage", "dev",
                "private-network", "true",
                "customer-managed-key", "true",
                "scan-limit-gb", "25",
                "flexible-archive", "true",
                "cors-origins", "https://a.example,https://b.example",
                "owner", "someone",
                "cost-center", "42"));

    assertThat(dev.privateNetwork()).isTrue();
    assertThat(dev.customerManagedKey()).isTrue();
    assertThat(dev.flexibleArchive()).isTrue();
    assertThat(dev.corsOrigins()).containsExactly("https://a.example", "https://b.example");
    assertThat(dev.scanLimitGigabytes()).isEqualTo(25);
    assertThat(dev.owner()).isEqualTo("someone");
    assertThat(dev.costCenter()).isEqualTo("42");
  }

  @Test
  void anUnknownStageIsRefusedWithTheOnesThereAre() {
    assertThatThrownBy(() -> read(Map.of("stage", "production")))
        .hasMessageContaining("'stage' is production")
        .hasMessageContaining("dev, staging, prod");
    assertThatThrownBy(() -> read(Map.of())).hasMessageContaining("--context stage=dev");
  }

  @Test
  void aSwitchIsTrueOrFalse() {
    assertThatThrownBy(() -> read(Map.of("stage", "dev", "private-network", "yes")))
        .hasMessageContaining("'private-network' is 'yes'");
  }

  @Test
  void aLimitIsAWholeNumber() {
    assertThatThrownBy(() -> read(Map.of("stage", "dev", "scan-limit-gb", "0")))
        .hasMessageContaining("'scan-limit-gb' is '0'");
  }

  private static Stage read(Map<String, String> context) {
    return Stage.read(context::get);
  }
}
