#include "exec/forms.h"

namespace softcuda {

const Forms& forms() {
  static const Forms table = [] {
    Forms t;
    addIntegerForms(t);
    addBitForms(t);
    addFloatForms(t);
    addCompareForms(t);
    addConvertForms(t);
    addRoundForms(t);
    addApproximateForms(t);
    return t;
  }();
  return table;
}

}  // namespace softcuda
