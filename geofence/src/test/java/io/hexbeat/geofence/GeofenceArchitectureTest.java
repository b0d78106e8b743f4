package io.hexbeat.geofence;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

@AnalyzeClasses(
    packages = "io.hexbeat.geofence",
    importOptions = ImportOption.DoNotIncludeTests.class)
class GeofenceArchitectureTest {
  @ArchTest
  static final ArchRule onlyTheGridShouldKnowH3 =
      noClasses()
          .that()
          .doNotHaveFullyQualifiedName("io.hexbeat.geofence.H3Grid")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("com.uber.h3core..")
          .because("H3Grid offers cells as longs; ask it instead");

  @ArchTest
  static final ArchRule shouldKnowNoOtherModuleAndNoMachinery =
      noClasses()
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "io.hexbeat.ingest..",
              "io.hexbeat.api..",
              "io.vertx..",
              "io.netty..",
              "net.openhft..",
              "org.slf4j..",
              "java.util.concurrent..",
              "java.net..",
              "java.sql..")
          .because("geometry is pure; ingest and api wire it, log and serve");

  @ArchTest
  static final ArchRule shouldKnowNoClockAndNoThread =
      noClasses()
          .should()
          .dependOnClassesThat()
          .haveFullyQualifiedName("java.time.Clock")
          .orShould()
          .dependOnClassesThat()
          .areAssignableTo(Thread.class)
          .orShould()
          .callMethod(System.class, "currentTimeMillis")
          .orShould()
          .callMethod(System.class, "nanoTime")
          .because("time is an argument, so that a replay decides nothing anew");
}
