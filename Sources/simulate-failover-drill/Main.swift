import ArgumentParser
import Drills

@main struct Main: ParsableCommand {}
