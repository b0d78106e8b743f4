package io.hexbeat.api.live;

import io.hexbeat.api.alerts.AlertDesk;
import io.hexbeat.api.alerts.AlertStatus;
import io.hexbeat.api.alerts.Raising;
import io.hexbeat.api.alerts.Step;
import io.hexbeat.api.alerts.StoredAlert;
import io.hexbeat.api.store.Directory;
import io.hexbeat.ingest.live.LiveBoard;
import io.hexbeat.ingest.live.LiveEvent;
import io.vertx.core.json.JsonObject;
import java.util.Locale;
import java.util.function.Consumer;

/**
 * Tells the live sockets what became of alerts, once PostgreSQL has it. Any thread; waits for
 * nobody. An occurrence of the line was shown when it was journaled, so it is told again only where
 * the guess to which alert it belongs was wrong; after a restart nothing is.
 */
public final class AlertNews implements Consumer<Raising>, AlertDesk.Listener {
  private final LiveBoard board;
  private final OpenAlerts openAlerts;
  private final Directory directory;

  public AlertNews(LiveBoard board, OpenAlerts openAlerts, Directory directory) {
    this.board = board;
    this.openAlerts = openAlerts;
    this.directory = directory;
  }

  @Override
  public void accept(Raising raising) {
    String shownAs = openAlerts.stored(raising.raised(), raising.alertId());
    boolean besideTheLine = raising.raised().journalIndex() == null;
    boolean wrong = shownAs != null && !shownAs.equals(raising.alertId());
    if (besideTheLine || wrong) {
      JsonObject alert = raising.toJson(directory);
      publish(
          raising.raised().memberHandle(),
          raising.event().name().toLowerCase(Locale.ROOT),
          wrong ? alert.put("corrects", shownAs) : alert);
    }
  }

  @Override
  public void changed(StoredAlert alert, Step step) {
    openAlerts.changed(
        alert.memberHandle(),
        alert.cause(),
        alert.id(),
        alert.severity(),
        alert.lastMs(),
        alert.status().code());
    publish(
        alert.memberHandle(),
        alert.status() == AlertStatus.RESOLVED && step instanceof Step.Resolve
            ? "resolved"
            : "updated",
        alert.toJson(directory));
  }

  private void publish(int memberHandle, String event, JsonObject alert) {
    alert.remove("member"); // the frame says whose it is, as of when it is sent
    alert.remove("team");
    board.publish(new LiveEvent.AlertChange(memberHandle, alert.put("event", event).encode()));
  }
}
