package io.hexbeat.geofence.trust;

import io.hexbeat.geofence.Circle;
import io.hexbeat.geofence.CoordType;
import io.hexbeat.geofence.E7;
import io.hexbeat.geofence.Fence;
import io.hexbeat.geofence.FenceIndex;
import io.hexbeat.geofence.Shape;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Recognizes a device whose positions are all off in the same way: a phone in China that sends
 * GCJ-02 or BD-09 and doesn't say so, or any that is off by a constant. That is a fault of its data
 * and no fraud: who cheats from home is off in another way at each site. Immutable; any thread;
 * allocates, for punches outside of their site only.
 *
 * <p>It is seen in the sites that the device claimed of late: if one and the same correction brings
 * its punches at {@link #NEEDED_SITES} different sites from outside into them, and {@link
 * #FITTING_SHARE} of all it remembers fit, that correction is what is wrong with it.
 */
final class BiasSignal {
  /** Sites that are too many to be off the same way by chance. */
  static final int NEEDED_SITES = 5;

  /** What a correction may leave over, and the least that it must be good for: a street's GPS. */
  static final double TOLERANCE_METERS = 30;

  /** A visit or two may have been something else. */
  private static final double FITTING_SHARE = 0.8;

  /** Offsets of maps; less is a poor receiver, more is somewhere else. */
  private static final double MIN_CONSTANT_METERS = 100;

  private static final double MAX_CONSTANT_METERS = 700;

  private record Visit(Fence site, int latE7, int lngE7) {
    Shape shape() {
      return site.shape();
    }
  }

  /** A way in which positions may be wrong, and how to put them right. */
  private interface Correction {
    String name();

    Visit apply(Visit visit);
  }

  private record Bent(CoordType type) implements Correction {
    @Override
    public String name() {
      return type.jsonName();
    }

    @Override
    public Visit apply(Visit visit) {
      return type.toWgs84(
          E7.toDegrees(visit.latE7()),
          E7.toDegrees(visit.lngE7()),
          (latE7, lngE7) -> new Visit(visit.site(), latE7, lngE7));
    }
  }

  /** Longitudes shrink towards the poles, so an offset in metres is kept for each place. */
  private record Shifted(double northMeters, double eastMeters) implements Correction {
    @Override
    public String name() {
      return "constant";
    }

    @Override
    public Visit apply(Visit visit) {
      double north = northMeters / E7.METERS_PER_UNIT;
      double east = eastMeters / (E7.METERS_PER_UNIT * shrink(visit.latE7()));
      return new Visit(
          visit.site(),
          (int) Math.round(visit.latE7() - north),
          E7.normalizeLngE7(Math.round(visit.lngE7() - east)));
    }
  }

  /** DATA_FAULT if the punch, outside its site, is off as others of the device were, else null. */
  @Nullable Finding onPunch(FenceIndex index, ClaimedSites earlier, PunchClaim claim) {
    Fence claimed = index.byHandle(claim.siteHandle());
    if (claimed == null) {
      return null;
    }
    List<Visit> before = visits(index, earlier);
    List<Visit> visits = new ArrayList<>(before);
    visits.removeIf(visit -> visit.site().handle() == claimed.handle());
    visits.add(new Visit(claimed, claim.latE7(), claim.lngE7()));
    if (visits.size() < NEEDED_SITES) {
      return null;
    }
    for (CoordType bent : List.of(CoordType.GCJ02, CoordType.BD09)) {
      Finding finding = judge(visits, before, new Bent(bent));
      if (finding != null) {
        return finding;
      }
    }
    Shifted shifted = meanShift(visits);
    return shifted == null ? null : judge(visits, before, shifted);
  }

  private static List<Visit> visits(FenceIndex index, ClaimedSites claimed) {
    List<Visit> visits = new ArrayList<>();
    for (int i = 0; i < claimed.size(); i++) {
      Fence site = index.byHandle(claimed.siteHandle(i));
      if (site != null) {
        visits.add(new Visit(site, claimed.latE7(i), claimed.lngE7(i)));
      }
    }
    return visits;
  }

  /**
   * DATA_FAULT if the correction explains the visits, the last among them.
   *
   * @param before what was known before that one: if it shows the fault alone, it was told
   */
  private static @Nullable Finding judge(
      List<Visit> visits, List<Visit> before, Correction correction) {
    int fitting = 0;
    int corrected = 0;
    boolean lastCorrected = false;
    double northMeters = 0;
    double eastMeters = 0;
    double leftMeters = 0;
    List<String> sites = new ArrayList<>();
    for (Visit visit : visits) {
      Visit right = correction.apply(visit);
      double left = outsideMeters(right);
      fitting += left <= TOLERANCE_METERS ? 1 : 0;
      lastCorrected = isCorrected(visit, right);
      if (lastCorrected) {
        corrected++;
        northMeters += northMeters(right, visit);
        eastMeters += eastMeters(right, visit);
        leftMeters = Math.max(leftMeters, left);
        sites.add(visit.site().id());
      }
    }
    if (!lastCorrected
        || corrected < NEEDED_SITES
        || fitting < Math.ceil(FITTING_SHARE * visits.size())) {
      return null;
    }
    Finding.Builder finding =
        Finding.of(TrustSignal.DATA_FAULT)
            .with("sends", correction.name())
            .with("sites_off", corrected)
            .with("sites_looked_at", visits.size())
            .meters("offset_north_m", northMeters / corrected)
            .meters("offset_east_m", eastMeters / corrected)
            .meters("left_over_m", leftMeters)
            .with("limit_m", TOLERANCE_METERS)
            .with("sites", sites);
    if (before.stream().filter(v -> isCorrected(v, correction.apply(v))).count() >= NEEDED_SITES) {
      finding.with(Finding.FROM, Finding.FROM_PUNCHES);
    }
    return finding.build();
  }

  private static boolean isCorrected(Visit visit, Visit right) {
    return outsideMeters(right) <= TOLERANCE_METERS && outsideMeters(visit) > TOLERANCE_METERS;
  }

  /** The mean way from the middle of the sites to the punches; null unless it is one of a map. */
  private static @Nullable Shifted meanShift(List<Visit> visits) {
    double north = 0;
    double east = 0;
    int circles = 0;
    for (Visit visit : visits) {
      if (visit.shape() instanceof Circle circle) {
        Visit middle = new Visit(visit.site(), circle.latE7(), circle.lngE7());
        north += northMeters(middle, visit);
        east += eastMeters(middle, visit);
        circles++;
      }
    }
    double meters = circles == 0 ? 0 : Math.hypot(north, east) / circles;
    return meters >= MIN_CONSTANT_METERS && meters <= MAX_CONSTANT_METERS
        ? new Shifted(north / circles, east / circles)
        : null;
  }

  private static double outsideMeters(Visit visit) {
    return Math.max(0, visit.shape().signedDistanceMeters(visit.latE7(), visit.lngE7()));
  }

  private static double northMeters(Visit from, Visit to) {
    return (to.latE7() - from.latE7()) * E7.METERS_PER_UNIT;
  }

  private static double eastMeters(Visit from, Visit to) {
    int east = E7.normalizeLngE7((long) to.lngE7() - from.lngE7());
    return east * E7.METERS_PER_UNIT * shrink(from.latE7());
  }

  private static double shrink(int latE7) {
    return Math.max(0.01, Math.cos(Math.toRadians(E7.toDegrees(latE7))));
  }
}
