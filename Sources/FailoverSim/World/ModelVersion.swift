/// Which numbers the simulated world gives.
///
/// Figures that were stored with one version say nothing about a run with another: the world itself is not the same.
public enum ModelVersion {
  /// Raised by one whenever the simulated world's numbers change on purpose: a distribution, a default, the order of
  /// draws. A test holds the fingerprints of three scenarios beside it, so that nobody does so without noticing.
  public static let current = 1
}
