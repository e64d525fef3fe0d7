import Lab
import RealBackends
import Scenarios

enum Placeholder {}
