package io.plotpalette.local;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.ArchConfiguration;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/** The arrows between the modules, and what each may know of the outside. */
class DependencyRuleTest {
  private static final String MODEL = "io.plotpalette.model..";
  private static final String API = "io.plotpalette.api..";
  private static final String ANALYTICS = "io.plotpalette.analytics..";
  private static final String CONNECTOR = "io.plotpalette.connector..";
  private static final String STREAM = "io.plotpalette.stream..";
  private static final String GENERATOR = "io.plotpalette.generator..";
  private static final String LOCAL = "io.plotpalette.local..";
  private static final String FLINK = "org.apache.flink..";
  private static final String AWS_SDK = "software.amazon.awssdk..";
  private static final String LAMBDA = "com.amazonaws.services.lambda..";

  // Once: reading every class there is takes longer than all rules together.
  private static final JavaClasses CLASSES = importClasses();

  private static JavaClasses importClasses() {
    // Names are enough for the rules; reading all of the SDK and Flink takes minutes.
    ArchConfiguration.get().setResolveMissingDependenciesFromClassPath(false);
    return new ClassFileImporter()
        .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
        .importPackages("io.plotpalette");
  }

  @Test
  void theModelKnowsNothingOfOursAndNoClient() {
    mayNotKnow(MODEL, API, ANALYTICS, CONNECTOR, STREAM, GENERATOR, LOCAL, FLINK, AWS_SDK, LAMBDA);
  }

  @Test
  void theConnectorKnowsNothingOfOurs() {
    mayNotKnow(CONNECTOR, MODEL, API, ANALYTICS, STREAM, GENERATOR, LOCAL);
  }

  @Test
  void theApiKnowsOnlyTheModelAndNoFlink() {
    mayNotKnow(API, ANALYTICS, CONNECTOR, STREAM, GENERATOR, LOCAL, FLINK);
  }

  @Test
  void theHandlersOfTheLakeKnowOnlyTheModelAndNoFlink() {
    mayNotKnow(ANALYTICS, API, CONNECTOR, STREAM, GENERATOR, LOCAL, FLINK);
  }

  @Test
  void streamJobKnowsOnlyModelAndConnector() {
    mayNotKnow(STREAM, API, ANALYTICS, GENERATOR, LOCAL, LAMBDA);
  }

  @Test
  void generatorJobKnowsOnlyModelAndConnector() {
    mayNotKnow(GENERATOR, API, ANALYTICS, STREAM, LOCAL, LAMBDA);
  }

  @Test
  void onlyTheClientOfTheModelsKnowsBedrock() {
    noClasses()
        .that()
        .haveNameNotMatching(".*\\.BedrockModelClient(\\$.*)?")
        .and()
        .resideInAPackage(GENERATOR)
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("software.amazon.awssdk.services.bedrockruntime..")
        .check(CLASSES);
  }

  @Test
  void onlyTheEdgeOfTheConnectorKnowsTheSdk() {
    noClasses()
        .that()
        .resideInAPackage("io.plotpalette.connector.streams")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(AWS_SDK)
        .check(CLASSES);
  }

  private void mayNotKnow(String module, String... others) {
    noClasses()
        .that()
        .resideInAPackage(module)
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(others)
        .check(CLASSES);
  }
}
