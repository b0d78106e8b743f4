package io.hexbeat.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hexbeat.api.projection.TestJournal;
import io.hexbeat.api.store.TestDatabase;
import io.hexbeat.ingest.shard.SnapshotDoctor;
import io.hexbeat.ingest.snapshot.SnapshotBook;
import io.hexbeat.ingest.snapshot.SnapshotHeader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The command as an operator meets it: what it says, what it changes, how it exits. */
final class DoctorTest {
  private static final long T0 = 1_760_000_000_000L;

  @TempDir Path dir;

  private record Answer(int status, String text) {}

  @Test
  void shouldTellWhatIsInAHealthyDirectory() throws Exception {
    Path data = journalOf(500);
    Answer answer = doctor("--data", data.toString());
    assertEquals(0, answer.status(), answer.text());
    assertTrue(answer.text().contains("journal         format 2, 2 shards"), answer.text());
    assertTrue(answer.text().contains("shard 1         500 records, index "), answer.text());
    assertTrue(answer.text().contains("shard 0         no records"), answer.text());
    assertTrue(answer.text().endsWith("nothing is wrong\n"), answer.text());
  }

  @Test
  void shouldSayWhatIsLostAndRepairOnDemand() throws Exception {
    Path data = journalOf(500);
    damage(file(data));
    Answer found = doctor("--data", data.toString());
    assertEquals(1, found.status(), found.text());
    assertTrue(found.text().contains("1 records missing, index "), found.text());
    assertTrue(found.text().contains("perhaps of member handle 1"), found.text());

    Answer repaired = doctor("--data", data.toString(), "--repair");
    assertEquals(0, repaired.status(), repaired.text());
    assertTrue(repaired.text().contains("the old file is "), repaired.text());
    Answer after = doctor("--data", data.toString());
    assertEquals(0, after.status(), after.text());
    assertTrue(after.text().contains("499 records, index "), after.text());
    assertTrue(after.text().contains("1 records were given up"), after.text());
    try (Stream<Path> aside = Files.list(data.resolve("journal/damaged"))) {
      assertEquals(1, aside.count());
    }
  }

  @Test
  void shouldSendTheOperatorToTheDoctorWhenAStartMeetsDamage() throws Exception {
    Path data = journalOf(500);
    damage(file(data));
    List<String> words = new ArrayList<>(ServerProcess.words(data));
    words.addAll(List.of("--pg-uri", TestDatabase.uri()));
    Process server = ServerProcess.launch(dir, words);
    assertEquals(1, server.waitFor());
    String errors = Files.readString(ServerProcess.errors(dir));
    assertTrue(
        errors.contains("hexbeat: journal " + file(data) + " is damaged at offset="), errors);
    assertTrue(errors.contains("hexbeat doctor"), errors);
    assertTrue(!errors.contains("\tat "), errors);
  }

  @Test
  void shouldSayThatAStartDoesWithoutADamagedSnapshotAndAMark() throws Exception {
    Path data = journalOf(500);
    Path snapshots = Files.createDirectories(data.resolve("journal/snapshots"));
    Files.write(snapshots.resolve("shard-1-0000000000000005.snapshot"), new byte[200]);
    Files.delete(data.resolve("journal/shard-1.synced"));
    Answer answer = doctor("--data", data.toString());
    assertEquals(0, answer.status(), answer.text());
    assertTrue(
        answer.text().contains(".snapshot can't be used: its checksum is wrong"), answer.text());
    assertTrue(answer.text().contains("the start does without it"), answer.text());
    assertTrue(answer.text().contains("shard-1.synced is missing or empty"), answer.text());
    assertTrue(Files.exists(snapshots.resolve("shard-1-0000000000000005.snapshot")), "only looked");
  }

  @Test
  void shouldSayWhichSnapshotAStartTakes() throws Exception {
    Path data = journalOf(500);
    Path older = snapshot(data, SnapshotDoctor.ENCODING, 3);
    Path newer = snapshot(data, SnapshotDoctor.ENCODING, 5);
    Answer both = doctor("--data", data.toString());
    assertEquals(0, both.status(), both.text());
    assertTrue(both.text().contains("a start takes this one: " + newer), both.text());
    assertTrue(both.text().contains("kept should that one be spoiled"), both.text());

    byte[] bytes = Files.readAllBytes(newer);
    bytes[bytes.length - 1] ^= 1;
    Files.write(newer, bytes);
    Answer one = doctor("--data", data.toString());
    assertTrue(one.text().contains(newer + " can't be used: its checksum is wrong"), one.text());
    assertTrue(one.text().contains("a start takes this one: " + older), one.text());
  }

  @Test
  void shouldSendTheOperatorToTheVersionThatWroteTheSnapshotsWhereTheyAreAllThereIs()
      throws Exception {
    Path data = journalOf(500);
    snapshot(data, SnapshotDoctor.ENCODING - 1, 5);
    Answer whole = doctor("--data", data.toString());
    assertEquals(0, whole.status(), whole.text());
    assertTrue(whole.text().contains("written by another version of Hexbeat"), whole.text());
    assertTrue(whole.text().contains("a start replays the whole journal of shard 1"), whole.text());

    Files.writeString(data.resolve("journal/shard-1.begin"), "512b00000000\n");
    Answer trimmed = doctor("--data", data.toString());
    assertEquals(1, trimmed.status(), trimmed.text());
    assertTrue(
        trimmed.text().contains("start the version that wrote the snapshots"), trimmed.text());
  }

  @Test
  void shouldSayThatAJournalWithoutItsBeginningNeedsASnapshot() throws Exception {
    Path data = journalOf(500);
    Path begin = Files.writeString(data.resolve("journal/shard-1.begin"), "512b00000000\n");
    Answer answer = doctor("--data", data.toString());
    assertEquals(1, answer.status(), answer.text());
    assertTrue(answer.text().contains("no longer holds its first records"), answer.text());
    assertTrue(answer.text().contains("remove " + begin), answer.text());
  }

  @Test
  void shouldNotTouchADirectoryInUse() throws Exception {
    Path data = journalOf(1);
    try (DataDirectory held = DataDirectory.open(data)) {
      Answer answer = doctor("--data", held.path().toString());
      assertEquals(3, answer.status());
      assertTrue(
          answer.text().contains("another Hexbeat is running on it; stop it first"), answer.text());
    }
  }

  @Test
  void shouldExitAsItFound() throws Exception {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "@" + ServerProcess.root().resolve("jvm.options"),
                "-cp",
                System.getProperty("java.class.path"),
                "io.hexbeat.api.Doctor",
                "--data",
                dir.resolve("nowhere").toString())
            .redirectErrorStream(true)
            .start();
    String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(3, process.waitFor(), text);
    assertTrue(text.startsWith("hexbeat doctor: " + dir.resolve("nowhere")), text);
  }

  @Test
  void shouldRefuseWhatItDoesNotKnow() {
    assertEquals(2, doctor("--heal").status());
    assertEquals(2, doctor("--data").status());
    assertEquals(3, doctor("--data", dir.resolve("nowhere").toString()).status());
    Answer help = doctor("--help");
    assertEquals(0, help.status());
    assertTrue(help.text().startsWith("usage: hexbeat doctor"));
  }

  private static Path snapshot(Path data, int encoding, long index) throws IOException {
    return new SnapshotBook(data.resolve("journal/snapshots"), 1, encoding)
        .write(new SnapshotHeader(encoding, 1, index, 0, index, 1, T0), fields -> fields.i32(1))
        .file();
  }

  private Path journalOf(int records) throws IOException {
    Path data = dir.resolve("data");
    Files.createDirectories(data);
    try (TestJournal journal = TestJournal.open(data.resolve("journal"), 2)) {
      for (int i = 0; i < records; i++) {
        journal.ping(1, 1, T0 + i * 1_000L, 302_672_000, -977_431_000);
      }
    }
    return data;
  }

  private static Path file(Path data) throws IOException {
    try (Stream<Path> files = Files.list(data.resolve("journal/shard-1"))) {
      return files.filter(file -> file.toString().endsWith(".cq4")).findFirst().orElseThrow();
    }
  }

  /** A changed bit in the middle of the records. */
  private static void damage(Path file) throws IOException {
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      ByteBuffer head = ByteBuffer.allocate(200_000);
      channel.read(head, 0);
      byte[] bytes = head.array();
      int position = -1;
      byte[] tenth =
          ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(T0 + 10_000L).array();
      for (int i = 0; i < bytes.length - 8 && position < 0; i++) {
        if (Arrays.equals(bytes, i, i + 8, tenth, 0, 8)) {
          position = i;
        }
      }
      bytes[position] ^= 1;
      channel.write(ByteBuffer.wrap(bytes, position, 1), position);
    }
  }

  private static Answer doctor(String... words) {
    ByteArrayOutputStream text = new ByteArrayOutputStream();
    PrintStream to = new PrintStream(text, true, StandardCharsets.UTF_8);
    int status = Doctor.run(words, to, to);
    return new Answer(status, text.toString(StandardCharsets.UTF_8));
  }
}
