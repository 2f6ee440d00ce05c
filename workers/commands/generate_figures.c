/* generate_figures: quantities given by their percentiles, as they were measured on real accounts. */
#include "generate.h"

#define Z_95 1.6448536269514722

double figure_at(const struct figure *f, double z)
{
    return f->median * exp(z / Z_95 * (z < 0 ? log(f->median / f->low) : log(f->high / f->median)));
}

static double tail(double u) /* u below .02425 */
{
    double q = sqrt(-2 * log(u));
    return (((((-7.784894002430293e-03 * q - 3.223964580411365e-01) * q - 2.400758277161838e+00) * q -
              2.549732539343734e+00) *
                 q +
             4.374664141464968e+00) *
                q +
            2.938163982698783e+00) /
           ((((7.784695709041462e-03 * q + 3.224671290700398e-01) * q + 2.445134137142996e+00) * q +
             3.754408661907416e+00) *
                q +
            1);
}

/* Acklam's rational approximation, relative error below 1.2e-9. */
double normal_quantile(double u)
{
    if (u < .02425)
        return tail(u > 1e-300 ? u : 1e-300);
    if (u > 1 - .02425)
        return -tail(1 - u > 1e-17 ? 1 - u : 1e-17);
    double q = u - .5, r = q * q;
    return (((((-3.969683028665376e+01 * r + 2.209460984245205e+02) * r - 2.759285104469687e+02) * r +
              1.383577518672690e+02) *
                 r -
             3.066479806614716e+01) *
                r +
            2.506628277459239e+00) *
           q /
           (((((-5.447609879822406e+01 * r + 1.615858368580409e+02) * r - 1.556989798598866e+02) * r +
              6.680131188771972e+01) *
                 r -
             1.328068155288572e+01) *
                r +
            1);
}
