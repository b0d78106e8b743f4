package io.hexbeat.ingest.shard;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The receipts of one shard's latest punches. Belongs to the shard's loop. Holds a bounded number:
 * a new one pushes the oldest out, whose retry would then be taken for a new punch.
 */
final class ReceiptBook {
  private final Map<Receipt.Key, Receipt> receipts;

  ReceiptBook(int maxReceipts) {
    receipts =
        new LinkedHashMap<>() {
          @Override
          protected boolean removeEldestEntry(Map.Entry<Receipt.Key, Receipt> eldest) {
            return size() > maxReceipts;
          }
        };
  }

  @Nullable Receipt find(int memberHandle, String punchId) {
    return receipts.get(new Receipt.Key(memberHandle, punchId));
  }

  void put(int memberHandle, String punchId, Receipt receipt) {
    receipts.put(new Receipt.Key(memberHandle, punchId), receipt);
  }
}
