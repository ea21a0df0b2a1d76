package io.plotpalette.generator;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.ArchConfiguration;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What decides over money can be driven without Flink, without a client and without a clock. */
class PureLogicTest {
  private static final String ROOT = "io.plotpalette.generator.";

  private static final JavaClasses CLASSES = importClasses();

  private static JavaClasses importClasses() {
    // Names are enough for the rules; reading the JDK's own classes takes most of the time.
    ArchConfiguration.get().setResolveMissingDependenciesFromClassPath(false);
    return new ClassFileImporter()
        .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
        .importPackages("io.plotpalette.generator");
  }

  @ParameterizedTest
  @ValueSource(strings = {"budget", "pressure", "journal", "run", "schedule"})
  void knowsOnlyTheLanguageAndEachOther(String name) {
    classes()
        .that()
        .resideInAPackage(ROOT + name)
        .should()
        .onlyDependOnClassesThat(
            resideInAnyPackage(
                "java.lang..",
                "java.util..",
                "java.io",
                "java.nio.charset",
                "io.plotpalette.model.job",
                ROOT + "budget",
                ROOT + "pressure",
                ROOT + "journal",
                ROOT + "run",
                ROOT + "schedule"))
        .check(CLASSES);
  }

  @ParameterizedTest
  @ValueSource(strings = {"budget", "pressure", "journal", "run", "schedule"})
  void asksNoClockAndNoGlobalRandomness(String name) {
    noClasses()
        .that()
        .resideInAPackage(ROOT + name)
        .should()
        .callMethod(System.class, "currentTimeMillis")
        .orShould()
        .callMethod(System.class, "nanoTime")
        .orShould()
        .callMethod(Math.class, "random")
        .check(CLASSES);
  }

  @ParameterizedTest
  @ValueSource(strings = {"budget", "pressure", "journal", "schedule"})
  void standsBelowTheRun(String name) {
    noClasses()
        .that()
        .resideInAPackage(ROOT + name)
        .should()
        .dependOnClassesThat(resideInAnyPackage(ROOT + "run"))
        .check(CLASSES);
  }
}
