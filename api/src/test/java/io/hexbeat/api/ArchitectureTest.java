package io.hexbeat.api;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** Who never imports what in the control plane, each with what to use instead. */
@AnalyzeClasses(packages = "io.hexbeat.api", importOptions = ImportOption.DoNotIncludeTests.class)
final class ArchitectureTest {
  @ArchTest
  static final ArchRule shouldHashPasswordsInOnePlace =
      noClasses()
          .that()
          .resideOutsideOfPackage("io.hexbeat.api.auth")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("at.favre.lib..")
          .because("auth.Passwords is the place");

  @ArchTest
  static final ArchRule shouldMigrateInOnePlace =
      noClasses()
          .that()
          .resideOutsideOfPackage("io.hexbeat.api.store")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("org.flywaydb..", "java.sql..", "javax.sql..")
          .because("store.Database migrates; all other SQL goes through vertx-pg-client");

  @ArchTest
  static final ArchRule shouldEmbedPostgresInOnePlace =
      noClasses()
          .that()
          .resideOutsideOfPackage("io.hexbeat.api")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("io.zonky..")
          .because("EmbeddedDatabase is the place");

  @ArchTest
  static final ArchRule shouldKnowWebAuthnInOnePlace =
      noClasses()
          .that()
          .resideOutsideOfPackage("io.hexbeat.api.passkey")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("com.webauthn4j..", "io.vertx.ext.auth.webauthn4j..")
          .because("passkey.PasskeyVerifier and PasskeyEnrolment are the place");

  @ArchTest
  static final ArchRule shouldNotKnowTheJournalsMaker =
      noClasses()
          .should()
          .dependOnClassesThat()
          .resideInAPackage("net.openhft..")
          .because("ingest.journal is the only one; use JournalTailer");

  @ArchTest
  static final ArchRule shouldBeWiredFromOnePlaceOnly =
      noClasses()
          .that()
          .resideInAPackage("io.hexbeat.api.*..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("io.hexbeat.api")
          .because("Server wires its parts; they don't know it");

  @ArchTest
  static final ArchRule shouldHaveNoCycles =
      slices().matching("io.hexbeat.api.(*)..").should().beFreeOfCycles();
}
