package io.hexbeat.ingest.shard;

import io.hexbeat.geofence.StateFields;
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

  /** Every receipt, the oldest first, kept or restored into an empty book. */
  void keep(StateFields fields) {
    int count = fields.i32(receipts.size());
    if (fields.restoring()) {
      for (int i = 0; i < count; i++) {
        int memberHandle = fields.i32(0);
        put(memberHandle, fields.required(""), Receipt.kept(fields, Receipt.NONE));
      }
      return;
    }
    receipts.forEach(
        (key, receipt) -> {
          fields.i32(key.memberHandle());
          fields.required(key.punchId());
          Receipt.kept(fields, receipt);
        });
  }

  void put(int memberHandle, String punchId, Receipt receipt) {
    receipts.put(new Receipt.Key(memberHandle, punchId), receipt);
  }
}
