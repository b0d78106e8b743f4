package io.hexbeat.ingest.shard;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

final class SharedPhoneBookTest {
  private static final long T = 1_790_000_000_000L;
  private static final long HOUR = 3_600_000;
  private static final long DAY = 24 * HOUR;

  @Test
  void shouldKnowTheOthersWithinTheWindowOnly() {
    SharedPhoneBook book = new SharedPhoneBook(10);
    book.note("p", 1, T);
    book.note("p", 2, T + HOUR);
    assertTrue(book.sharedAt("p", 1, T, DAY));
    assertFalse(book.sharedAt("p", 1, T + 2 * DAY, DAY));
    assertFalse(book.sharedAt("q", 1, T, DAY));
    assertEquals(List.of(2), book.othersAt("p", 1, T, DAY));
    assertEquals(HOUR, book.nearestOtherUseMs("p", 1, T, DAY));
  }

  @Test
  void shouldKnowTheSameWhateverTheOrderOfNotes() {
    for (long seed = 1; seed <= 200; seed++) {
      List<long[]> uses = new ArrayList<>();
      for (int i = 0; i < 12; i++) {
        uses.add(new long[] {i % 4, T + i * HOUR});
      }
      Collections.shuffle(uses, new Random(seed));
      SharedPhoneBook book = new SharedPhoneBook(10);
      uses.forEach(use -> book.note("p", (int) use[0], use[1]));
      assertEquals(List.of(3, 2, 1, 0), book.othersAt("p", 99, T, DAY), "seed=" + seed);
      assertEquals(8 * HOUR, book.nearestOtherUseMs("p", 99, T, DAY), "seed=" + seed);
    }
  }

  @Test
  void shouldForgetPhonesUnseenForLongWhenFullAndElseRefuseNewOnes() {
    SharedPhoneBook book = new SharedPhoneBook(3);
    for (int i = 0; i < 5; i++) {
      book.note("p" + i, 1, T + i);
    }
    assertEquals(3, book.size());
    book.note("later", 1, T + 5 * DAY);
    assertEquals(1, book.size());
    assertFalse(book.sharedAt("later", 1, T + 5 * DAY, DAY));
    assertTrue(book.sharedAt("later", 2, T + 5 * DAY, DAY));
  }

  @Test
  void shouldLoseNoNoteOfManyShards() throws InterruptedException {
    SharedPhoneBook book = new SharedPhoneBook(100);
    ExecutorService shards = Executors.newFixedThreadPool(4);
    for (int member = 1; member <= 4; member++) {
      int memberHandle = member;
      shards.execute(
          () -> {
            for (int i = 0; i < 10_000; i++) {
              book.note("p" + i % 50, memberHandle, T + i * 61_000L);
            }
          });
    }
    shards.shutdown();
    assertTrue(shards.awaitTermination(30, TimeUnit.SECONDS));
    for (int phone = 0; phone < 50; phone++) {
      long lastMs = T + (9_950 + phone) * 61_000L;
      assertEquals(4, book.othersAt("p" + phone, 99, lastMs, 0).size());
    }
  }
}
