package io.hexbeat.ingest;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** Who never knows whom in the data plane; each ban names its replacement. */
@AnalyzeClasses(
    packages = "io.hexbeat.ingest",
    importOptions = ImportOption.DoNotIncludeTests.class)
final class ArchitectureTest {
  @ArchTest
  static final ArchRule shouldKeepWireFreeOfStages =
      noClasses()
          .that()
          .resideInAPackage("..ingest.wire..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("..ingest.shard..", "..ingest.journal..", "..ingest.live..")
          .because("records know nothing of where they go; a stage reads them by flyweight");

  @ArchTest
  static final ArchRule shouldKeepJournalAndLiveFreeOfShards =
      noClasses()
          .that()
          .resideInAnyPackage("..ingest.journal..", "..ingest.live..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("..ingest.shard..")
          .because("the shard calls them; what they tell goes back by return value or sink");

  @ArchTest
  static final ArchRule shouldKeepStagesFreeOfDoors =
      noClasses()
          .that()
          .resideOutsideOfPackage("..ingest.door..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("..ingest.door..")
          .because("doors submit and are told by Submission.Completion");

  @ArchTest
  static final ArchRule shouldKeepNettyAtTheDoors =
      noClasses()
          .that()
          .resideOutsideOfPackages("..ingest.door..", "..ingest.wire..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("io.netty..")
          .because("behind the doors records are byte arrays");

  @ArchTest
  static final ArchRule shouldKeepChronicleInTheJournal =
      noClasses()
          .that()
          .resideOutsideOfPackage("..ingest.journal..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("net.openhft..")
          .because("ShardJournal is the narrow seam behind which another log can take its place");

  @ArchTest
  static final ArchRule shouldNotBuildJsonTrees =
      noClasses()
          .should()
          .dependOnClassesThat()
          .resideInAPackage("io.vertx.core.json..")
          .because("the data plane reads and writes JSON by streaming (jackson-core)");
}
