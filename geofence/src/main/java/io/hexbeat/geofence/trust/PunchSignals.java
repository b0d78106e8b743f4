package io.hexbeat.geofence.trust;

import io.hexbeat.geofence.Fence;
import io.hexbeat.geofence.FenceIndex;
import io.hexbeat.geofence.ShapeEdit;
import io.hexbeat.geofence.trust.PunchVerdict.Place;
import io.hexbeat.geofence.trust.PunchVerdict.SiteDistance;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Judges punches: place first, then every signal, then what pings of late have shown. Immutable;
 * any thread. Allocates freely: a person punches a few times a day.
 */
final class PunchSignals {
  /** Not verified, not more: the accuracy leaves it open. */
  private static final int UNCERTAIN_WEIGHT = 30;

  /**
   * Outside by more than the accuracy, which one fix of three is off by, but not clearly. Likely;
   * no accusation.
   */
  private static final int MARGINAL_WEIGHT = 60;

  /** Three times the circle of 68% is left by one fix in a hundred thousand. */
  private static final double CLEAR_ACCURACIES = 3;

  /** Nearer is what reflections between houses do, of which no accuracy tells. */
  private static final double REFLECTED_METERS = 100;

  /** A second punch into the same silence is no app that was just opened. */
  private static final int SILENT_PUNCHES_WEIGHT = 55;

  /** Gaps between receptions that a median needs. */
  private static final int USUAL_GAPS = 5;

  private static final List<TrustSignal> CARRIED =
      List.of(
          TrustSignal.MOCK_FLAG,
          TrustSignal.FROZEN,
          TrustSignal.TELEPORT,
          TrustSignal.CLOCK_SKEW,
          TrustSignal.CLOCK_JUMP,
          TrustSignal.COUNTER,
          TrustSignal.DEVICE_SHARED,
          TrustSignal.ROBOT_MOTION);

  private final TrustPolicy policy;
  private final ClockSignals clocks;
  private final TeleportSignal teleport;
  private final Sites sites;
  private final BiasSignal bias = new BiasSignal();
  private final HabitSignals habits;
  private final PasskeySignals passkeys;

  PunchSignals(TrustPolicy policy, PasskeySignals passkeys) {
    this.policy = policy;
    this.clocks = new ClockSignals(policy);
    this.teleport = new TeleportSignal(policy);
    this.sites = new Sites(policy);
    this.habits = new HabitSignals(policy);
    this.passkeys = passkeys;
  }

  PunchVerdict judge(
      FenceIndex index,
      TrustState device,
      MemberTrustState member,
      PhoneBook phones,
      ZoneId zone,
      PunchClaim claim) {
    List<Finding> reasons = new ArrayList<>();
    Place place = placeUnlessBiased(index, device, claim, reasons);
    fixQuality(claim, reasons);
    if (claim.mock()) {
      reasons.add(Finding.of(TrustSignal.MOCK_FLAG).with("mock", true).build());
    }
    add(teleport.onPunch(device, claim), reasons);
    frozen(device, claim, reasons);
    clock(device, claim, reasons);
    people(device, member, phones, zone, claim, reasons);
    add(habits.atTheEdge(index, device, claim), reasons);
    add(pinMoved(index, claim), reasons);
    add(wifi(device, claim), reasons);
    add(backdated(device, claim), reasons);
    carried(device, claim, reasons);
    add(passkeys.judge(member, claim), reasons);
    reasons = weighed(reasons);
    Finding missing = passkeys.missing(reasons);
    if (missing != null) {
      add(policy.weighed(missing), reasons);
    }
    reasons.sort(Comparator.comparingInt(Finding::weight).reversed());
    List<SiteDistance> near = claim.hasPosition() ? sites.near(index, claim) : List.of();
    return PunchVerdict.of(reasons, place, near, policy.version());
  }

  /** As the policy weighs them, silent ones left out. */
  private List<Finding> weighed(List<Finding> reasons) {
    List<Finding> weighed = new ArrayList<>(reasons.size());
    for (Finding reason : reasons) {
      add(policy.weighed(reason), weighed);
    }
    return weighed;
  }

  /** PIN_MOVED of a punch that its site's shape before the last edit would not have taken. */
  private @Nullable Finding pinMoved(FenceIndex index, PunchClaim claim) {
    Fence site = claim.siteHandle() > 0 ? index.byHandle(claim.siteHandle()) : null;
    ShapeEdit edit = site == null ? null : site.lastEdit();
    if (site == null || edit == null || !claim.hasPosition()) {
      return null;
    }
    long agoMs = claim.atMs() - edit.atMs();
    double before = edit.before().signedDistanceMeters(claim.latE7(), claim.lngE7());
    double now = site.shape().signedDistanceMeters(claim.latE7(), claim.lngE7());
    double allowed = accuracyMeters(claim);
    if (agoMs < 0 || agoMs > policy.pinMovedMs() || before <= allowed || now > allowed) {
      return null;
    }
    return Finding.of(TrustSignal.PIN_MOVED)
        .with("site", site.id())
        .time("edited_time", edit.atMs())
        .with("ago_ms", agoMs)
        .meters("distance_before_m", before)
        .meters("distance_m", Math.max(0, now))
        .meters("allowed_m", allowed)
        .with("limit_ms", policy.pinMovedMs())
        .build();
  }

  /** WIFI_MISMATCH of a scan that was seen far from here. */
  private @Nullable Finding wifi(TrustState device, PunchClaim claim) {
    if (claim.wifiHash() == 0 || !claim.hasPosition()) {
      return null;
    }
    int like = device.wifi.farthestLike(claim, policy.wifiMeters());
    return like < 0
        ? null
        : Finding.of(TrustSignal.WIFI_MISMATCH)
            .with("scan", Long.toHexString(claim.wifiHash()))
            .meters("apart_m", device.wifi.metersTo(like, claim))
            .time("earlier_time", device.wifi.atMs(like))
            .with("limit_m", policy.wifiMeters())
            .build();
  }

  /** BACKDATED of a punch told late by a phone that was heard meanwhile, or told out of order. */
  private @Nullable Finding backdated(TrustState device, PunchClaim claim) {
    ClockFacts.Counter last = device.clock.punches();
    if (device.samePhone(claim.phoneId())
        && claim.seq() >= 0
        && last.seq() >= 0
        && claim.seq() > last.seq()
        && last.atMs() - claim.atMs() > policy.orderMs()) {
      return Finding.of(TrustSignal.BACKDATED)
          .with("by", "order")
          .with("seq", claim.seq())
          .with("earlier_seq", last.seq())
          .with("before_ms", last.atMs() - claim.atMs())
          .time("device_time", claim.atMs())
          .with("limit_ms", policy.orderMs())
          .build();
    }
    long lateMs = claim.receivedTimeMs() - claim.atMs();
    if (lateMs <= policy.lateMs()) {
      return null;
    }
    long heardMs =
        device.online.heardMs(
            claim.atMs() + policy.lateMs(), claim.receivedTimeMs() - policy.lateMs());
    return heardMs < policy.onlineMs()
        ? null
        : Finding.of(TrustSignal.BACKDATED)
            .with("by", "online")
            .with("late_ms", lateMs)
            .with("heard_ms", heardMs)
            .time("device_time", claim.atMs())
            .time("received_time", claim.receivedTimeMs())
            .with("limit_ms", policy.onlineMs())
            .build();
  }

  /** A punch that is off as all of its device's are, is off by a fault and not by a claim. */
  private Place placeUnlessBiased(
      FenceIndex index, TrustState device, PunchClaim claim, List<Finding> reasons) {
    Place place = place(index, claim, reasons);
    if (place != Place.OUTSIDE || claim.siteHandle() <= 0 || claim.mock()) {
      return place;
    }
    Finding fault = bias.onPunch(index, device.claimedSites, claim);
    if (fault == null) {
      return place;
    }
    reasons.removeIf(reason -> reason.signal() == TrustSignal.OUTSIDE_SITE);
    reasons.add(fault);
    return Place.UNCERTAIN;
  }

  private Place place(FenceIndex index, PunchClaim claim, List<Finding> reasons) {
    if (!claim.hasPosition()) {
      reasons.add(Finding.of(TrustSignal.NO_FIX).build());
      return Place.NO_FIX;
    }
    if (claim.siteHandle() != 0) {
      Fence claimed = claim.siteHandle() > 0 ? index.byHandle(claim.siteHandle()) : null;
      return claimed != null && Sites.counts(claimed, claim.atMs())
          ? placeAt(claimed, claim, reasons)
          : leftOpen(uncertain().with("site_known", false), reasons);
    }
    if (sites.insideAny(index, claim)) {
      return Place.INSIDE;
    }
    if (!sites.any(index, claim.atMs())) {
      return leftOpen(uncertain().with("sites_known", 0), reasons);
    }
    double wasNearest = Double.POSITIVE_INFINITY;
    for (Fence site : index.reshaped()) {
      if (Sites.counts(site, claim.atMs())) {
        double before = metersFromWhereSiteWas(site, claim);
        if (before <= accuracyMeters(claim)) {
          return leftOpen(
              uncertain().with("site", site.id()).with("inside_before_edit", true), reasons);
        }
        wasNearest = Math.min(wasNearest, before);
      }
    }
    double nearest = sites.nearestMeters(index, claim, accuracyMeters(claim));
    return outside(nearest, wasNearest, null, claim, reasons);
  }

  private Place placeAt(Fence site, PunchClaim claim, List<Finding> reasons) {
    if (site.shape().contains(claim.latE7(), claim.lngE7())) {
      return Place.INSIDE;
    }
    double before = metersFromWhereSiteWas(site, claim);
    if (before <= accuracyMeters(claim)) {
      return leftOpen(
          uncertain().with("site", site.id()).with("inside_before_edit", true), reasons);
    }
    double distance = site.shape().distanceToEdgeMeters(claim.latE7(), claim.lngE7());
    return outside(distance, before, site, claim, reasons);
  }

  /** Whoever goes where the customer is doesn't know that its pin was moved today. */
  private double metersFromWhereSiteWas(Fence site, PunchClaim claim) {
    ShapeEdit edit = site.lastEdit();
    long agoMs = edit == null ? -1 : claim.atMs() - edit.atMs();
    return edit != null && agoMs >= 0 && agoMs <= policy.pinMovedMs()
        ? Math.max(0, edit.before().signedDistanceMeters(claim.latE7(), claim.lngE7()))
        : Double.POSITIVE_INFINITY;
  }

  /**
   * Of a point in no allowed site: outside, or uncertain where the accuracy leaves it open.
   *
   * @param wasMeters from where a site was before an edit of late, else infinite
   */
  private Place outside(
      double isMeters,
      double wasMeters,
      @Nullable Fence site,
      PunchClaim claim,
      List<Finding> reasons) {
    double distanceMeters = Math.min(isMeters, wasMeters);
    double accuracyMeters = accuracyMeters(claim);
    boolean outside = distanceMeters > accuracyMeters;
    boolean clear = distanceMeters > Math.max(REFLECTED_METERS, CLEAR_ACCURACIES * accuracyMeters);
    int outsideWeight = clear ? TrustSignal.OUTSIDE_SITE.weight() : MARGINAL_WEIGHT;
    Finding.Builder finding =
        outside
            ? Finding.of(TrustSignal.OUTSIDE_SITE)
                .weight(outsideWeight)
                .with("certain", true)
                .with(Finding.CLEAR, clear)
            : uncertain();
    if (site != null) {
      finding.with("site", site.id());
    }
    if (wasMeters < isMeters) {
      finding.with("before_edit", true);
    }
    if (Double.isInfinite(distanceMeters)) {
      finding.with("distance_m", null).meters("searched_m", sites.searchMeters(accuracyMeters));
    } else {
      finding.meters("distance_m", distanceMeters);
    }
    finding.accuracy("accuracy_m", claim.accuracyCm()).meters("allowed_m", accuracyMeters);
    reasons.add(finding.build());
    return outside ? Place.OUTSIDE : Place.UNCERTAIN;
  }

  private static Place leftOpen(Finding.Builder finding, List<Finding> reasons) {
    reasons.add(finding.build());
    return Place.UNCERTAIN;
  }

  private double accuracyMeters(PunchClaim claim) {
    return claim.accuracyCm() > 0 ? claim.accuracyCm() / 100.0 : policy.assumedAccuracyMeters();
  }

  private static Finding.Builder uncertain() {
    return Finding.of(TrustSignal.OUTSIDE_SITE)
        .weight(UNCERTAIN_WEIGHT)
        .with("certain", false)
        .with(Finding.CLEAR, false);
  }

  private void fixQuality(PunchClaim claim, List<Finding> reasons) {
    if (!claim.hasPosition()) {
      return;
    }
    if (claim.accuracyCm() <= 0 || claim.accuracyCm() > policy.maxPunchAccuracyMeters() * 100L) {
      reasons.add(
          Finding.of(TrustSignal.LOW_ACCURACY)
              .accuracy("accuracy_m", claim.accuracyCm())
              .with("limit_m", policy.maxPunchAccuracyMeters())
              .build());
    }
    long ageMs = claim.atMs() - claim.positionTimeMs();
    if (ageMs > policy.staleFixMs()) {
      reasons.add(
          Finding.of(TrustSignal.STALE_FIX)
              .with("age_ms", ageMs)
              .time("fix_time", claim.positionTimeMs())
              .with("limit_ms", policy.staleFixMs())
              .build());
    }
  }

  private void frozen(TrustState device, PunchClaim claim, List<Finding> reasons) {
    FrozenRun run = device.frozen;
    boolean frozen =
        run.fixes() >= run.neededFixes(policy)
            && run.lastFixMs() - run.firstFixMs() >= run.neededMs(policy)
            && claim.receivedTimeMs() - run.lastReceivedMs() <= policy.noTrackMs();
    if (frozen) {
      reasons.add(PingSignals.frozenFigures(run, run.fixes(), run.lastFixMs()).build());
    }
  }

  private void clock(TrustState device, PunchClaim claim, List<Finding> reasons) {
    Finding skew = clocks.skew(claim.atMs(), claim.receivedTimeMs());
    if (skew == null && clocks.ahead(claim.positionTimeMs(), claim.receivedTimeMs())) {
      skew = clocks.skew(claim.positionTimeMs(), claim.receivedTimeMs());
    }
    add(skew, reasons);
    if (!device.samePhone(claim.phoneId())) {
      return;
    }
    if (skew == null) {
      add(
          clocks.jump(device.clock, claim.atMs(), claim.uptimeMs(), claim.receivedTimeMs()),
          reasons);
    }
    add(
        claim.counter() >= 0
            ? clocks.counter(
                device.signedPunches, claim.signingKey(), claim.counter(), claim.atMs())
            : clocks.counter(device.clock.punches(), claim.seq(), claim.atMs()),
        reasons);
  }

  private void people(
      TrustState device,
      MemberTrustState member,
      PhoneBook phones,
      ZoneId zone,
      PunchClaim claim,
      List<Finding> reasons) {
    long useMs = claim.useMs();
    if (phones.sharedAt(claim.phoneId(), claim.memberHandle(), useMs, policy.sharedWindowMs())) {
      reasons.add(
          PingSignals.sharedFigures(policy, phones, claim.phoneId(), claim.memberHandle(), useMs)
              .build());
    }
    deviceChanged(member, zone, claim, reasons);
    noTrack(device, claim, reasons);
  }

  private void deviceChanged(
      MemberTrustState member, ZoneId zone, PunchClaim claim, List<Finding> reasons) {
    if (member.punches() < policy.knownPunches() || member.hasPunchedWith(claim.phoneId())) {
      return;
    }
    long apartMs = member.fromUsualTimeOfDayMs(claim.atMs(), zone);
    if (apartMs > policy.unusualHourMs()) {
      reasons.add(
          Finding.of(TrustSignal.DEVICE_CHANGED)
              .with("phone", claim.phoneId())
              .with("earlier_punches", member.punches())
              .with("from_usual_time_of_day_ms", apartMs)
              .with("limit_ms", policy.unusualHourMs())
              .with("time_zone", zone.getId())
              .build());
    }
  }

  private void noTrack(TrustState device, PunchClaim claim, List<Finding> reasons) {
    Rhythm rhythm = device.rhythm;
    long silentMs = claim.receivedTimeMs() - rhythm.lastReceivedMs();
    boolean offline = claim.receivedTimeMs() - claim.atMs() > policy.lateMs();
    if (claim.kind() == PunchKind.CLOCK_IN
        || offline
        || rhythm.pings() < policy.usualPings()
        || rhythm.gaps() < USUAL_GAPS
        || silentMs <= policy.noTrackMs()
        || silentMs <= rhythm.longestGapMs()) {
      return;
    }
    long usualGapMs = rhythm.medianGapMs();
    if (usualGapMs <= policy.usualGapMs()) {
      reasons.add(
          Finding.of(TrustSignal.NO_TRACK)
              .weight(
                  rhythm.punchesSincePing() > 1
                      ? SILENT_PUNCHES_WEIGHT
                      : TrustSignal.NO_TRACK.weight())
              .with("punches_in_silence", rhythm.punchesSincePing() + 1)
              .with("silent_ms", silentMs)
              .time("last_ping_received_time", rhythm.lastReceivedMs())
              .with("usual_gap_ms", usualGapMs)
              .with("limit_ms", policy.noTrackMs())
              .build());
    }
  }

  private void carried(TrustState device, PunchClaim claim, List<Finding> reasons) {
    long found = Finding.bits(reasons);
    for (TrustSignal signal : CARRIED) {
      if ((found & signal.bit()) != 0 || !device.episodes.everSeen(signal)) {
        continue;
      }
      long ageMs = Math.max(0, claim.receivedTimeMs() - device.episodes.seenMs(signal));
      double kept = Math.pow(0.5, ageMs / (double) policy.carryHalfLifeMs());
      int weight = (int) Math.round(signal.weight() * kept);
      if (weight >= policy.carryMinWeight()) {
        reasons.add(
            Finding.of(signal)
                .weight(weight)
                .with(Finding.FROM, Finding.FROM_PINGS)
                .with("age_ms", ageMs)
                .build());
      }
    }
  }

  private static void add(@Nullable Finding finding, List<Finding> reasons) {
    if (finding != null) {
      reasons.add(finding);
    }
  }
}
